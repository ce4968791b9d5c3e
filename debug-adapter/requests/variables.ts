import { integer } from '../arguments.js';
import { partsOf } from '../values/variable.js';
import { Cancelled, RequestError, type RequestHandler } from '../protocol.js';

/** The most children that are shown at once. */
const MOST = 5000;
/** So many are shown without a breath. */
const AT_ONCE = 256;

/** `variables`: the lines of a scope, or the parts of a line. */
export const variables: RequestHandler<'variables'> = {
  async handle(args, session, signal) {
    session.quiet;
    const parts = session.variables.get(args.variablesReference);
    if (!parts)
      throw new RequestError(
        `variablesReference ${JSON.stringify(args.variablesReference)} is not known; references hold until the program runs on`,
      );
    const start = integer(args, 'start', 0, 1e9, 0);
    const count = integer(args, 'count', 0, 1e9, 0);
    const { filter } = args;
    if (filter !== undefined && filter !== 'indexed' && filter !== 'named')
      throw new RequestError(`filter must be indexed or named, not ${JSON.stringify(filter)}`);
    const chosen = partsOf(parts, filter, start, Math.min(count || MOST, MOST));
    // Long lists take a while to make; whoever scrolls past does not want them any more.
    if (chosen.length > AT_ONCE) await session.host.breathe();
    Cancelled.check(signal);
    return { variables: chosen.map((variable) => session.show(variable, args.format?.hex === true)) };
  },
};
