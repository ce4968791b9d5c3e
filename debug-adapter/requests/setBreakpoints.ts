import { integer, objects, when } from '../arguments.js';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { breakpointModes, modeOf } from '../modes.js';
import { RequestError, type RequestHandler } from '../protocol.js';

/** `setBreakpoints`: the breakpoints of one source file. */
export const setBreakpoints: RequestHandler<'setBreakpoints'> = {
  capabilities: {
    supportsConditionalBreakpoints: true,
    supportsHitConditionalBreakpoints: true,
    supportsLogPoints: true,
    breakpointModes,
  },
  handle(args, session) {
    const { breakpoints, sources } = session.program;
    const source = sources.wanted(args.source);
    const wanted = linesOf(args).map((each) => ({
      ...when(each),
      mode: modeOf(each, 'source'),
      line: integer(each, 'line', 0, 1e9),
      column: integer(each, 'column', 0, 1e9, 0),
    }));
    if (source.listing)
      return { breakpoints: breakpoints.setListing(source.listing, source.source, wanted).map(({ shown }) => shown) };
    // What runs was made of the file as it was: lines are those of then.
    const old = args.sourceModified === true && {
      message: 'the file was changed since; restart to run what it says now',
    };
    const set = breakpoints.setSource(source.path, wanted);
    return { breakpoints: set.map(({ shown }) => ({ ...(shown.verified && old), ...shown })) };
  },
};

/** Older clients send `lines` alone. */
function linesOf(args: P.SetBreakpointsArguments): readonly P.SourceBreakpoint[] {
  const { lines } = args;
  if (args.breakpoints !== undefined || lines === undefined) return objects(args, 'breakpoints');
  if (!Array.isArray(lines)) throw new RequestError('lines must be a list of numbers');
  return objects({ lines: lines.map((line) => ({ line })) }, 'lines');
}
