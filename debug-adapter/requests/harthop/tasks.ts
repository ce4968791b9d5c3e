import type { RequestHandler } from '../../protocol.js';
import { tasksBody } from '../../views/tasks.js';

/** `harthop/tasks`: every software thread of the guest; also while the program runs. */
export const tasks: RequestHandler<'harthop/tasks'> = {
  handle: (_, session) => tasksBody(session),
};
