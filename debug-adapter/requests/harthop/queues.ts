import type { RequestHandler } from '../../protocol.js';
import { queuesBody } from '../../views/queues.js';

/** `harthop/queues`: who waits before an accelerator hart, in a completion ring or in the kernel; also while the program runs. */
export const queues: RequestHandler<'harthop/queues'> = {
  handle: (_, session) => queuesBody(session.debuggee),
};
