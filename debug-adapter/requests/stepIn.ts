import type { RequestHandler } from '../protocol.js';

/** `stepIn`: one line into functions, or one instruction into calls and traps: firmware, kernel and back. */
export const stepIn: RequestHandler<'stepIn'> = {
  handle(args, session) {
    session.still;
    const hart = session.hart(args.threadId);
    const byInstruction = args.granularity === 'instruction';
    session.start(
      ({ stepper }) => (byInstruction ? stepper.instruction(hart, true) : stepper.line(hart, true)),
      'Stepping in',
    );
  },
};
