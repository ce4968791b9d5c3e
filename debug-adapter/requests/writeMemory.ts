import { address, moved, text } from '../arguments.js';
import { fromBase64 } from '../../emulator/base64.js';
import { RequestError, type RequestHandler } from '../protocol.js';

/** `writeMemory`: all of the bytes, or none and an error; as far as memory is mapped, if that is asked for. */
export const writeMemory: RequestHandler<'writeMemory'> = {
  capabilities: { supportsWriteMemoryRequest: true },
  handle(args, session) {
    session.program;
    const va = moved(address(args, 'memoryReference'), args);
    const bytes = fromBase64(text(args, 'data'));
    if (!bytes) throw new RequestError('data must be base64');
    const memory = session.memoryAt(va);
    const count = args.allowPartial === true ? memory.read(va, bytes.length).length : bytes.length;
    memory.write(va, bytes.subarray(0, count));
    session.changed(va, count);
    return { bytesWritten: count };
  },
};
