import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { objects, text, when } from '../arguments.js';
import { RequestError, type RequestHandler } from '../protocol.js';

const accessTypes: readonly (string | undefined)[] = ['read', 'write', 'readWrite', undefined];

/** `setDataBreakpoints`: what is watched from now on. A `write` is one that changes the value, unless the mode that the data id was asked with says otherwise. */
export const setDataBreakpoints: RequestHandler<'setDataBreakpoints'> = {
  handle(args, session) {
    const { breakpoints } = session.program;
    const wanted = objects<P.DataBreakpoint>(args, 'breakpoints').map((each) => {
      const { accessType } = each;
      if (!accessTypes.includes(accessType))
        throw new RequestError(`accessType must be read, write or readWrite, not ${JSON.stringify(accessType)}`);
      return { ...when(each), dataId: text(each, 'dataId'), ...(accessType && { accessType }) };
    });
    return { breakpoints: breakpoints.data.set(wanted) };
  },
};
