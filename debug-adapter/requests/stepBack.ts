import type { RequestHandler } from '../protocol.js';

/**
 * `stepBack`: to where this hart's thread was one line (over what that called, as `next`) or one instruction earlier, on whatever hart that was.
 */
export const stepBack: RequestHandler<'stepBack'> = {
  capabilities: { supportsStepBack: true },
  handle(args, session) {
    session.still;
    const hart = session.stepped(args.threadId);
    const byInstruction = args.granularity === 'instruction';
    session.start(
      ({ reverser }) => (byInstruction ? reverser.instruction(hart, false) : reverser.line(hart, false)),
      'Stepping back',
    );
  },
};
