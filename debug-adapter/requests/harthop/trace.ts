import { integer } from '../../arguments.js';
import { RequestError, type RequestHandler } from '../../protocol.js';

/** `harthop/trace`: the run as a Chrome trace, in pieces: each says with which `cursor` to ask for the next. */
export const trace: RequestHandler<'harthop/trace'> = {
  handle(args, session) {
    const { timeline } = session.shown;
    if (args?.cursor === undefined) return timeline.trace();
    const piece = timeline.trace(integer(args, 'cursor', 1, Number.MAX_SAFE_INTEGER));
    if (!piece) throw new RequestError('cursor must be that of the piece before');
    return piece;
  },
};
