import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { integer } from '../arguments.js';
import { positionsOf } from '../positions.js';
import type { RequestHandler } from '../protocol.js';

/** The most lines that are looked at. */
const MOST = 10_000;

/** `breakpointLocations`: the lines of a range, and the columns on them, where a breakpoint can stand. */
export const breakpointLocations: RequestHandler<'breakpointLocations'> = {
  capabilities: { supportsBreakpointLocationsRequest: true },
  handle(args, session) {
    const { sources, debuggee } = session.program;
    const first = integer(args, 'line', 0, 1e9);
    const last = integer(args, 'endLine', first, 1e9, first);
    const column = integer(args, 'column', 0, 1e9, 0);
    const endColumn = integer(args, 'endColumn', 0, 1e9, 1e9);
    const wanted = sources.wanted(args.source);
    const breakpoints: P.BreakpointLocation[] = [];
    if (wanted.listing) {
      const { addresses } = wanted.listing;
      for (let line = first; line <= Math.min(last, addresses.length); line++)
        if (addresses[line - 1] !== undefined) breakpoints.push({ line });
      return { breakpoints };
    }
    const matches = debuggee.images.matcher(wanted.path);
    for (const image of debuggee.images.all) {
      for (let line = first; line <= last && breakpoints.length < MOST; line++) {
        const found = image.placing.ofLine(matches, line);
        if (!found || found.line > last) break;
        line = found.line;
        for (const each of positionsOf(image, found.line, found.addresses)) {
          if (each.column && line === first && each.column < column) continue;
          if (each.column && line === last && each.column > endColumn) continue;
          breakpoints.push({ line, ...(each.column && { column: each.column }) });
        }
      }
      if (breakpoints.length) break;
    }
    return { breakpoints };
  },
};
