import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { integer } from '../arguments.js';
import { positionAt } from '../positions.js';
import type { RequestHandler } from '../protocol.js';

const hex = (va: bigint) => `0x${va.toString(16)}`;

/** `gotoTargets`: where execution could go on for a line: its code, or that of the next line that has some. */
export const gotoTargets: RequestHandler<'gotoTargets'> = {
  capabilities: { supportsGotoTargetsRequest: true },
  handle(args, session) {
    const { sources, debuggee } = session.program;
    const wantedLine = integer(args, 'line', 0, 1e9);
    const column = integer(args, 'column', 0, 1e9, 0);
    const wanted = sources.wanted(args.source);
    const target = (line: number, va: bigint, privilege: number, label: string): P.GotoTarget => ({
      id: session.targets.add({ kind: 'goto', va, privilege, label }),
      label,
      line,
      instructionPointerReference: hex(va),
    });
    if (wanted.listing) {
      const va = wanted.listing.addresses[wantedLine - 1];
      return { targets: va === undefined ? [] : [target(wantedLine, va, wanted.listing.privilege, hex(va))] };
    }
    const matches = debuggee.images.matcher(wanted.path);
    for (const image of debuggee.images.all) {
      const found = image.placing.ofLine(matches, wantedLine);
      if (!found) continue;
      const { line, addresses } = found;
      return {
        // A line may stand in several functions, by inlining.
        targets: addresses.map((start) => {
          const { address } = positionAt(image, line, start, column);
          const name = image.symbolAt(address)?.symbol.name;
          return target(line, address, session.privilegeAt(address), `line ${line}${name ? ` of ${name}` : ''}`);
        }),
      };
    }
    return { targets: [] };
  },
};
