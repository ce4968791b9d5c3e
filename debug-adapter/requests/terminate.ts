import type { RequestHandler } from '../protocol.js';

/** `terminate`: switch the machine off. */
export const terminate: RequestHandler<'terminate'> = {
  capabilities: { supportsTerminateRequest: true },
  handle(_, session) {
    session.end();
    session.after(() => session.event('terminated'));
  },
};
