import type { RequestHandler } from '../../protocol.js';
import { hartLines } from '../../views/harts.js';

/** `harthop/harts`: what each hart is and does; also while the program runs. */
export const harts: RequestHandler<'harthop/harts'> = {
  handle: (_, session) => ({ harts: hartLines(session.debuggee, session.program.since) }),
};
