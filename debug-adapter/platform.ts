/** What Node has behind a flag. */
import { setFlagsFromString } from 'node:v8';

/**
 * Let V8 do for WebAssembly what the engine is written for, to be called before a machine is made: relaxed SIMD, whose fused multiply-add it uses (Node 20's
 * V8, 11.3, has it behind a flag; later ones without), and heed which branches are said to be rare (up to 13 behind a flag; a flag that is no more would be
 * complained of on stderr). Without either, the same is done more slowly.
 */
export function preparePlatform(): void {
  const [major] = process.versions.v8.split('.').map(Number);
  if (process.versions.v8.startsWith('11.3.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
  if (major! >= 11 && major! <= 13) setFlagsFromString('--experimental-wasm-branch-hinting');
}
