import { integer } from '../arguments.js';
import { scopesOf } from '../values/scopes.js';
import type { RequestHandler } from '../protocol.js';

/** `scopes`: the registers of a frame by kind, and the vector state that travels. */
export const scopes: RequestHandler<'scopes'> = {
  handle(args, session) {
    const { debuggee } = session.quiet;
    const frame = session.frame(integer(args, 'frameId', 0, 2 ** 31));
    session.focus = frame.hart.id;
    session.following.looked(frame.hart.id);
    return {
      scopes: scopesOf(frame, debuggee).map(({ name, hint, expensive = false, list }) => ({
        name,
        presentationHint: hint,
        variablesReference: session.variables.add({ children: list }),
        expensive,
      })),
    };
  },
};
