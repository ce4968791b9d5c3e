/** The engine's module, generated once. A bundle holds the bytes instead of this file (scripts/build.ts), so that nothing is generated when it starts. */
import { buildEngine } from './module.js';

let bytes: Uint8Array<ArrayBuffer> | undefined;

/** The WebAssembly module of the engine. */
export function engineBytes(): Uint8Array<ArrayBuffer> {
  bytes ??= buildEngine();
  return bytes;
}
