import type { RequestHandler } from '../protocol.js';

/** `continue`: all harts run on, or one alone. */
export const continueRequest: RequestHandler<'continue'> = {
  capabilities: { supportsSingleThreadExecutionRequests: true },
  handle(args, session) {
    session.still;
    const only = args.singleThread === true ? session.movable(session.hart(args.threadId)) : undefined;
    session.hart(args.threadId);
    session.start(({ runner }) => runner.forever(), undefined, only);
    return { allThreadsContinued: !only };
  },
};
