import type { RequestHandler } from '../protocol.js';

/** `reverseContinue`: back to the last breakpoint, data breakpoint or migration that was asked for, or to the start of the run. Its capability is stepBack's. */
export const reverseContinue: RequestHandler<'reverseContinue'> = {
  handle(args, session) {
    session.still;
    session.hart(args.threadId);
    session.start(({ reverser }) => reverser.toLastStop(), 'Going back');
  },
};
