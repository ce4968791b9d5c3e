import type { RequestHandler } from '../protocol.js';

/** `disconnect`: the client leaves; the machine ends with it. */
export const disconnect: RequestHandler<'disconnect'> = {
  capabilities: { supportTerminateDebuggee: true },
  handle(_, session) {
    session.end();
    session.after(() => session.close());
  },
};
