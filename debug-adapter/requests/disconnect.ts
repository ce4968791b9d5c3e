import type { RequestHandler } from '../protocol.js';

/** `disconnect`: the client leaves. What was launched ends with it; what was attached to runs on, unless it is to end too. */
export const disconnect: RequestHandler<'disconnect'> = {
  capabilities: { supportTerminateDebuggee: true },
  handle(args, session) {
    session.end(args?.terminateDebuggee ?? !session.isAttached);
    session.after(() => session.close());
  },
};
