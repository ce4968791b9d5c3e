import type { RequestHandler } from '../protocol.js';

/** `threads`: one for each hart. */
export const threads: RequestHandler<'threads'> = {
  handle(_, session) {
    const { debuggee } = session.program;
    return { threads: debuggee.target.harts.map((hart) => ({ id: hart.id + 1, name: debuggee.threadName(hart) })) };
  },
};
