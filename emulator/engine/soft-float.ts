/** The host's side of float.ts. */
import { perform } from '../float/operations.js';
import { hart as at, hartBlock } from '../layout.js';

/**
 * `EngineHost.float`: one operation in software; the flags that it raises are added to the hart's and make its floating-point unit dirty.
 * @param view of the one memory
 */
export function softFloat(view: DataView, hart: number, operation: number, a: bigint, b: bigint, c: bigint): bigint {
  const unsigned = (x: bigint) => BigInt.asUintN(64, x);
  const { bits, flags } = perform(operation, unsigned(a), unsigned(b), unsigned(c));
  if (flags) {
    const block = hartBlock(hart);
    view.setUint32(block + at.fflags, view.getUint32(block + at.fflags, true) | flags, true);
    view.setUint32(block + at.fs, 3, true);
  }
  return bits;
}
