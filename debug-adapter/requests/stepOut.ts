import { RequestError, type RequestHandler } from '../protocol.js';

/** `stepOut`: until this function, or this trap, has returned. */
export const stepOut: RequestHandler<'stepOut'> = {
  handle(args, session) {
    const { debuggee } = session.still;
    const hart = session.movable(session.stepped(args.threadId));
    if (debuggee.frames(hart, 2).length < 2) throw new RequestError('stepOut: no caller of this frame is known');
    session.start(({ stepper }) => stepper.out(hart), 'Stepping out', session.onlyOne(args, hart));
  },
};
