import { explain } from '../explain.js';
import { RequestError, type RequestHandler } from '../protocol.js';

/** `exceptionInfo`: what happened at a migration event, and why. */
export const exceptionInfo: RequestHandler<'exceptionInfo'> = {
  capabilities: { supportsExceptionInfoRequest: true },
  handle(args, session) {
    const { debuggee } = session.still;
    const hart = session.hart(args.threadId);
    const stop = session.lastStop;
    if (!stop?.filter || !stop.event || stop.hart !== hart.id)
      throw new RequestError(`hart ${hart.id} did not stop for an exception filter`);
    const { description, details } = explain(stop.filter, stop.event, debuggee);
    return {
      exceptionId: stop.filter.id,
      description,
      breakMode: 'always',
      details: { message: description, typeName: stop.filter.label, stackTrace: details.join('\n') },
    };
  },
};
