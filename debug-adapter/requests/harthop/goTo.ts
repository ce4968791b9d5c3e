import { integer } from '../../arguments.js';
import { RequestError, type RequestHandler } from '../../protocol.js';

/** `harthop/goTo`: to any place of the run, by its steps, or by a hart's own time. The `stopped` event that follows has the reason `goto`. */
export const goTo: RequestHandler<'harthop/goTo'> = {
  handle(args, session) {
    const { reverser, timeline } = session.still;
    const hart = session.hart(args.threadId ?? session.focus + 1);
    if (args.cycle !== undefined && args.steps === undefined) {
      const cycle = integer(args, 'cycle', 0, Number.MAX_SAFE_INTEGER);
      const there = timeline.placeAt(hart.id, cycle);
      if (!there)
        throw new RequestError(`of cycle ${cycle} nothing is known: the run has not been there, or it is too long ago`);
      reverser.check(there.steps);
      session.start(() => reverser.toTime(cycle, there, hart), 'Going there');
      return;
    }
    const steps = integer(args, 'steps', 0, Number.MAX_SAFE_INTEGER);
    reverser.check(steps);
    session.start(() => reverser.to(steps, hart), 'Going there');
  },
};
