import { address, integer, moved } from '../arguments.js';
import { listing } from '../listing.js';
import type { RequestHandler } from '../protocol.js';

/** The most instructions in one answer. */
const MOST = 10_000;

/** `disassemble`: exactly as many instructions as were asked for, before and after an address. */
export const disassemble: RequestHandler<'disassemble'> = {
  capabilities: { supportsDisassembleRequest: true },
  async handle(args, session) {
    const { debuggee } = session.program;
    const skip = integer(args, 'instructionOffset', -MOST, MOST, 0);
    const count = integer(args, 'instructionCount', 0, MOST);
    const start = moved(address(args, 'memoryReference'), args) & ~1n;
    const memory = session.memoryAt(start);
    const lines = listing(memory, debuggee.images, session.privilegeAt(start), start, skip, count);
    return {
      instructions: await Promise.all(
        lines.map(async ({ place, symbol, ...instruction }) => ({
          ...instruction,
          ...(symbol !== undefined && args.resolveSymbols !== false && { symbol }),
          ...(place && { location: await session.sources.of(place), line: place.line }),
        })),
      ),
    };
  },
};
