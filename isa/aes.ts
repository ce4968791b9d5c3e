/** AES (FIPS 197) on columns of the state, i32 with row 0 in the lowest byte: what scalar and vector rows share. */
import type { Sbox } from './sbox.js';
import type { Value } from './vocabulary.js';

type Keep = (value: Value) => Value;

/** Each of the four bytes through a box. */
export function substituteWord(keep: Keep, word: Value, box: Sbox): Value {
  const w = keep(word);
  return [0, 8, 16, 24].map((at) => w.shrU(at).substitute(box).shl(at)).reduce((all, byte) => all.or(byte));
}

/** Each of the four bytes times x, in the field of AES. */
function timesX(keep: Keep, column: Value): Value {
  const c = keep(column);
  const carried = c.shrU(7).and(0x0101_0101).mul(0x1b);
  return c.and(0x7f7f_7f7f).shl(1).xor(carried);
}

/** MixColumns of one column (section 5.1.3). */
export function mixColumn(keep: Keep, column: Value): Value {
  const c = keep(column);
  const next = keep(c.rotr(8));
  return timesX(keep, c.xor(next)).xor(next).xor(c.rotr(16)).xor(c.rotr(24));
}

/** InvMixColumns of one column (section 5.3.3): MixColumns after a multiplication that makes up for the difference. */
export function inverseMixColumn(keep: Keep, column: Value): Value {
  const c = keep(column);
  const opposite = timesX(keep, timesX(keep, c.xor(c.rotr(16))));
  return mixColumn(keep, c.xor(opposite));
}

/** Where byte `n` of the state comes from in ShiftRows (section 5.1.1), or in its inverse. */
export const shiftedFrom = (n: number, inverse: boolean) => {
  const row = n % 4;
  return (n + (inverse ? 16 - 4 * row : 4 * row)) % 16;
};

/** The constant of a round of the key schedule (section 5.2), i32: x to the power of `n`, which is at most 9. */
export const roundConstant = (n: Value) => n.ltU(8).choose(1, 0x1b).shl(n.and(7));
