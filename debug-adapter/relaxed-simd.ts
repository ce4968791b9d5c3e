/** What Node has behind a flag. */
import { setFlagsFromString } from 'node:v8';

/**
 * Node 20's V8 (11.3) has relaxed SIMD behind a flag, which later ones have without. The engine uses its fused multiply-add. To be called before a machine is
 * made.
 */
export function allowRelaxedSimd(): void {
  if (process.versions.v8.startsWith('11.3.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
