import { explain } from '../explain.js';
import { RequestError, type RequestHandler } from '../protocol.js';

/** `exceptionInfo`: what happened at a migration event or a signal, and why. */
export const exceptionInfo: RequestHandler<'exceptionInfo'> = {
  capabilities: { supportsExceptionInfoRequest: true },
  handle(args, session) {
    const { debuggee } = session.still;
    const hart = session.hart(args.threadId);
    const stop = session.lastStop;
    if (!stop?.filter || !(stop.event || stop.signal) || stop.hart !== hart.id)
      throw new RequestError(`hart ${hart.id} did not stop for an exception filter`);
    const { description, details } = stop.signal ?? explain(stop.filter, stop.event!, debuggee, stop.instructions);
    return {
      exceptionId: stop.filter.id,
      description,
      breakMode: 'always',
      details: { message: description, typeName: stop.filter.label, stackTrace: details.join('\n') },
    };
  },
};
