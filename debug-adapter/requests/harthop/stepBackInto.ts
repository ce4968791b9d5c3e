import type { RequestHandler } from '../../protocol.js';

/** `harthop/stepBackInto`: as `stepBack` by line, but into the function that has just returned to this line, to the last line that it did. */
export const stepBackInto: RequestHandler<'harthop/stepBackInto'> = {
  handle(args, session) {
    session.still;
    const hart = session.stepped(args.threadId);
    session.start(({ reverser }) => reverser.line(hart, true), 'Stepping back');
  },
};
