import { integer } from '../../arguments.js';
import { RequestError, type RequestHandler } from '../../protocol.js';
import type { Span } from '../../timeline/model.js';

/** The most columns of an answer. */
const MOST_COLUMNS = 4000;

/** `harthop/timeline`: who ran where, and who went where, of a stretch of time at the resolution of a screen. Also while the program runs. */
export const timeline: RequestHandler<'harthop/timeline'> = {
  handle(args, session) {
    const { timeline } = session.shown;
    const columns = integer(args, 'columns', 1, MOST_COLUMNS);
    const cycle = (of: object, name: string) => integer(of, name, 0, Number.MAX_SAFE_INTEGER);
    const optional = (name: 'from' | 'to') => (args[name] === undefined ? undefined : cycle(args, name));
    const [from, to] = [optional('from'), optional('to')];
    if (from !== undefined && to !== undefined && from >= to) throw new RequestError('from must be before to');
    return {
      ...timeline.window({ from, to }, columns, selectionOf(args.selection, cycle)),
      running: session.isRunning,
    };
  },
};

function selectionOf(selection: Span | undefined, cycle: (of: object, name: string) => number): Span | undefined {
  if (selection === undefined) return undefined;
  if (typeof selection !== 'object' || selection === null) throw new RequestError('selection must be an object');
  return { from: cycle(selection, 'from'), to: cycle(selection, 'to') };
}
