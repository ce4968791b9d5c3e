import { RequestError, type RequestHandler } from '../protocol.js';

/** `goto`: a hart goes on elsewhere; what lies between is not executed. Its capability is gotoTargets'. */
export const goto: RequestHandler<'goto'> = {
  handle(args, session) {
    const { debuggee, runner } = session.still;
    const hart = session.hart(args.threadId);
    const target = session.targets.get(args.targetId);
    if (target?.kind !== 'goto')
      throw new RequestError(
        `targetId ${JSON.stringify(args.targetId)} is not known; targets hold until the program runs on`,
      );
    if (target.privilege !== hart.privilege) {
      const where = debuggee.symbolize(hart.pc, hart.privilege) ?? `0x${hart.pc.toString(16)}`;
      throw new RequestError(
        `hart ${hart.id} is at ${where}, whose privilege is another than that of ${target.label}; it can't go on there`,
      );
    }
    const owner = (va: bigint) => debuggee.images.of(va, hart.privilege)?.symbolAt(va)?.symbol.name;
    const [from, to] = [owner(hart.pc), owner(target.va)];
    hart.setPc(target.va);
    runner.forget();
    session.changed();
    if (from !== to)
      session.output(
        `${to ?? target.label} goes on with the registers and the stack of ${from ?? 'elsewhere'}, which may not be what it expects\n`,
      );
    session.moved({ reason: 'goto', hart: hart.id, description: `Jumped to ${target.label}` });
  },
};
