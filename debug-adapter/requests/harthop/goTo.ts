import { integer } from '../../arguments.js';
import type { RequestHandler } from '../../protocol.js';

/** `harthop/goTo`: to any place of the run, by its steps. The `stopped` event that follows has the reason `goto`. */
export const goTo: RequestHandler<'harthop/goTo'> = {
  handle(args, session) {
    const { reverser } = session.still;
    const steps = integer(args, 'steps', 0, Number.MAX_SAFE_INTEGER);
    const hart = session.hart(args.threadId ?? session.focus + 1);
    reverser.check(steps);
    session.start(() => reverser.to(steps, hart));
  },
};
