import { integer, objects, text, when } from '../arguments.js';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { RequestError, type RequestHandler } from '../protocol.js';

/** `setBreakpoints`: the breakpoints of one source file. */
export const setBreakpoints: RequestHandler<'setBreakpoints'> = {
  capabilities: {
    supportsConditionalBreakpoints: true,
    supportsHitConditionalBreakpoints: true,
    supportsLogPoints: true,
  },
  handle(args, session) {
    const { breakpoints } = session.program;
    if (typeof args.source !== 'object' || args.source === null)
      throw new RequestError('source must be an object with a path');
    const path = text(args.source, 'path');
    const wanted = objects<P.SourceBreakpoint>(args, 'breakpoints').map((each) => ({
      ...when(each),
      line: integer(each, 'line', 0, 1e9),
      column: integer(each, 'column', 0, 1e9, 0),
    }));
    return { breakpoints: breakpoints.setSource(path, wanted).map(({ shown }) => shown) };
  },
};
