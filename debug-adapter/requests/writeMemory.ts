import { address, moved, text } from '../arguments.js';
import { fromBase64 } from '../../emulator/base64.js';
import { RequestError, type RequestHandler } from '../protocol.js';

/** `writeMemory`: all of the bytes, or none and an error. */
export const writeMemory: RequestHandler<'writeMemory'> = {
  capabilities: { supportsWriteMemoryRequest: true },
  handle(args, session) {
    session.program;
    const va = moved(address(args, 'memoryReference'), args);
    const bytes = fromBase64(text(args, 'data'));
    if (!bytes) throw new RequestError('data must be base64');
    session.memoryAt(va).write(va, bytes);
    session.changed(va, bytes.length);
    return { bytesWritten: bytes.length };
  },
};
