import { integers } from '../../arguments.js';
import { RequestError, type RequestHandler } from '../../protocol.js';

/** `harthop/freeze`: give harts no turns, or turns again. An input of the run, so that it is part of it when it is gone back in. */
export const freeze: RequestHandler<'harthop/freeze'> = {
  handle(args, session) {
    const { target } = session.debuggee;
    const most = target.harts.length - 1;
    const [frozen, thawed] = [integers(args, 'freeze', 0, most), integers(args, 'thaw', 0, most)];
    const both = frozen.find((hart) => thawed.includes(hart));
    if (both !== undefined) throw new RequestError(`hart ${both} can't be both frozen and thawed`);
    session.freeze([...frozen.map((hart) => ({ hart, on: true })), ...thawed.map((hart) => ({ hart, on: false }))]);
  },
};
