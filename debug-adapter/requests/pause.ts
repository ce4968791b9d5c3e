import { RequestError, type RequestHandler } from '../protocol.js';

/** `pause`: stop within milliseconds. */
export const pause: RequestHandler<'pause'> = {
  handle(args, session) {
    const { runner } = session.program;
    const hart = session.hart(args.threadId);
    if (!session.isRunning) throw new RequestError('the program is not running');
    runner.pause(hart.id);
  },
};
