import { integer, optionalText } from '../arguments.js';
import type { RequestHandler } from '../protocol.js';

/** `cancel`: a request that was not answered yet is given up, or what a progress tells of. What is over already stays as it is. */
export const cancel: RequestHandler<'cancel'> = {
  capabilities: { supportsCancelRequest: true },
  handle(args, session) {
    const requestId = integer(args, 'requestId', -1, Number.MAX_SAFE_INTEGER, -1);
    session.cancel({ ...(requestId >= 0 && { requestId }), progressId: optionalText(args, 'progressId') });
  },
};
