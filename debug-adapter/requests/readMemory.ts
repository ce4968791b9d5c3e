import { address, integer, moved } from '../arguments.js';
import { toBase64 } from '../../emulator/base64.js';
import type { RequestHandler } from '../protocol.js';

/** The most bytes in one answer. */
const MOST = 1 << 20;

/** `readMemory`: bytes as the focused hart sees them. */
export const readMemory: RequestHandler<'readMemory'> = {
  capabilities: { supportsReadMemoryRequest: true },
  handle(args, session) {
    session.program;
    const count = integer(args, 'count', 0, 2 ** 52);
    const va = moved(address(args, 'memoryReference'), args);
    const wanted = Math.min(count, MOST);
    const bytes = session.memoryAt(va).read(va, wanted);
    const start = `0x${va.toString(16)}`;
    if (bytes.length === wanted) return { address: start, data: toBase64(bytes) };
    // To the next page at least nothing can be read.
    const missing = Math.min(count - bytes.length, 4096 - Number((va + BigInt(bytes.length)) % 4096n));
    return { address: start, data: toBase64(bytes), unreadableBytes: missing };
  },
};
