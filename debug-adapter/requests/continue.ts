import type { RequestHandler } from '../protocol.js';

/** `continue`: all harts run on. */
export const continueRequest: RequestHandler<'continue'> = {
  handle(args, session) {
    session.still;
    session.hart(args.threadId);
    session.start(({ runner }) => runner.forever());
    return { allThreadsContinued: true };
  },
};
