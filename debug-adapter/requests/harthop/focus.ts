import type { RequestHandler } from '../../protocol.js';

/** `harthop/focus`: look at another hart, as if it had been the one that stopped. Clients have no other way to be led there. */
export const focus: RequestHandler<'harthop/focus'> = {
  handle(args, session) {
    session.still;
    const hart = session.hart(args.threadId);
    session.after(() => session.lookAt(hart));
  },
};
