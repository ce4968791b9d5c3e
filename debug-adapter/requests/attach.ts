import { RequestError, type RequestHandler } from '../protocol.js';

/** `attach`: refused; there is nothing to attach to yet. */
export const attach: RequestHandler<'attach'> = {
  handle() {
    throw new RequestError('harthop runs the chip itself and attaches to none; use "request": "launch"', true);
  },
};
