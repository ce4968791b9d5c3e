import { RequestError, type RequestHandler } from '../../protocol.js';

/** `harthop/stepBackOut`: to the call that this function was entered by, or out of a trap to the instruction that trapped. */
export const stepBackOut: RequestHandler<'harthop/stepBackOut'> = {
  handle(args, session) {
    const { debuggee, reverser } = session.still;
    const hart = session.stepped(args.threadId);
    if (!debuggee.target.history) throw new RequestError('nothing was recorded of this run, so there is no way back');
    reverser.callerOf(hart);
    session.start(() => reverser.out(hart), 'Stepping back out');
  },
};
