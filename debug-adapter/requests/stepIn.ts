import { RequestError, type RequestHandler } from '../protocol.js';

/** `stepIn`: one line into functions, or one instruction into calls and traps: firmware, kernel and back. */
export const stepIn: RequestHandler<'stepIn'> = {
  handle(args, session) {
    session.still;
    const hart = session.movable(session.stepped(args.threadId));
    const byInstruction = args.granularity === 'instruction';
    const target = args.targetId === undefined ? undefined : session.targets.get(args.targetId);
    if (args.targetId !== undefined && (!target || target.kind === 'goto' || target.hart !== hart.id))
      throw new RequestError(`targetId ${JSON.stringify(args.targetId)} is none of hart ${hart.id}`);
    if (target && target.kind !== 'goto') {
      session.start(({ stepper }) => stepper.target(hart, target), 'Stepping in', session.onlyOne(args, hart));
      return;
    }
    session.start(
      ({ stepper }) => (byInstruction ? stepper.instruction(hart, true) : stepper.line(hart, true)),
      'Stepping in',
      session.onlyOne(args, hart),
    );
  },
};
