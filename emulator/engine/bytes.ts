/** The engine's module, generated once. A bundle holds the bytes instead of this file (scripts/build.ts), so that nothing is generated when it starts. */
import { buildEngine } from './module.js';

const made = new Map<boolean, Uint8Array<ArrayBuffer>>();

/** The WebAssembly module of the engine. @param fused for a platform whose relaxed multiply-add rounds once */
export function engineBytes(fused: boolean): Uint8Array<ArrayBuffer> {
  const bytes = made.get(fused) ?? buildEngine(fused);
  made.set(fused, bytes);
  return bytes;
}
