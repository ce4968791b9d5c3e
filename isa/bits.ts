/** Arithmetic on bits and bytes that scalar and vector rows share. Values are integers of any width. */
import type { Value } from './vocabulary.js';

type Keep = (value: Value) => Value;

/** Bits of an element. */
export const bitsOf = (v: Value) => Number.parseInt(v.shape.slice(1), 10);

/** A constant of the value's width that has this pattern of bits everywhere. */
const everywhere = (v: Value, pattern: number, width: number): bigint => {
  let all = 0n;
  for (let at = 0; at < bitsOf(v); at += width) all |= BigInt(pattern) << BigInt(at);
  return all;
};

/** Fields of `width` bits change places with their neighbours. */
function exchange(keep: Keep, value: Value, width: number): Value {
  const v = keep(value);
  if (2 * width === bitsOf(v)) return v.rotl(width);
  const low = everywhere(v, 2 ** width - 1, 2 * width);
  return v.shrU(width).and(low).or(v.and(low).shl(width));
}

/** The bits of every byte in the opposite order. */
export const reverseBitsInBytes = (keep: Keep, v: Value) =>
  [1, 2, 4].reduce((value, width) => exchange(keep, value, width), v);

/** The bytes in the opposite order. */
export const reverseBytes = (keep: Keep, v: Value) =>
  [8, 16, 32].filter((width) => width < bitsOf(v)).reduce((value, width) => exchange(keep, value, width), v);
