import { RequestError, type RequestHandler } from '../protocol.js';

/** `restartFrame`: back to where the frame's function was entered, by going back: memory and devices are what they were then, too. */
export const restartFrame: RequestHandler<'restartFrame'> = {
  capabilities: { supportsRestartFrame: true },
  handle(args, session) {
    const { debuggee, reverser } = session.still;
    const frame = session.frame(args.frameId);
    if (!debuggee.target.history) throw new RequestError('nothing was recorded of this run, so there is no way back');
    const entry = reverser.entryOf(frame);
    session.start(() => reverser.frame(frame, entry), 'Going back');
  },
};
