import type { RequestHandler } from '../protocol.js';

/** `cancel`: acknowledged; no request takes long enough to be cut short. */
export const cancel: RequestHandler<'cancel'> = {
  capabilities: { supportsCancelRequest: true },
  handle() {},
};
