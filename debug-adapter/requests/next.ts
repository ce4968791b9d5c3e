import type { RequestHandler } from '../protocol.js';

/** `next`: one line or instruction of this hart's thread, with all that it calls, on whatever hart it ends. */
export const next: RequestHandler<'next'> = {
  capabilities: { supportsSteppingGranularity: true },
  handle(args, session) {
    session.still;
    const hart = session.movable(session.stepped(args.threadId));
    const byInstruction = args.granularity === 'instruction';
    session.start(
      ({ stepper }) => (byInstruction ? stepper.instruction(hart, false) : stepper.line(hart, false)),
      'Stepping over',
      session.onlyOne(args, hart),
    );
  },
};
