/** Zbkb and Zbkx: bit manipulation and permutation for cryptography (scalar cryptography specification). */
import { reverseBitsInBytes } from './bits.js';
import type { Scalar, Value } from './vocabulary.js';
import { extension, OP, OP_32, OP_IMM, r, unary } from './rows.js';

/** Two lower parts of `bits` side by side, in 64 bits. */
const pair = (o: Scalar, bits: 8 | 16 | 32) => {
  const low = (v: Value) => v.and(2 ** bits - 1);
  return low(o.rs1).or(low(o.rs2).shl(bits));
};

/** For every field of rs2, the field of rs1 that it numbers; zero where there is none. */
const permute = (width: 4 | 8) => (o: Scalar) => {
  const [table, indices] = [o.keep(o.rs1), o.keep(o.rs2)];
  let result: Value | undefined;
  for (let at = 0; at < 64; at += width) {
    const index = o.keep(indices.shrU(at).and(2 ** width - 1));
    const field = table.shrU(index.mul(width)).and(2 ** width - 1);
    const one = (width === 4 ? field : index.ltU(64 / width).choose(field, 0)).shl(at);
    result = result ? result.or(one) : one;
  }
  o.rd.set(result!);
};

export const Zbkb = extension('Zbkb', 'Bit manipulation for cryptography.', [
  r('pack', OP, 0b100, 0x04, (o) => o.rd.set(pair(o, 32)), 'Pack two words, the second above.'),
  r('packh', OP, 0b111, 0x04, (o) => o.rd.set(pair(o, 8)), 'Pack two bytes, the second above.'),
  r(
    'packw',
    OP_32,
    0b100,
    0x04,
    (o) => o.rd.set(pair(o, 16).signExtend(32)),
    'Pack two half-words, the second above, sign-extended.',
  ),
  unary(
    'brev8',
    OP_IMM,
    0b101,
    0x687,
    (o) => o.rd.set(reverseBitsInBytes(o.keep, o.rs1)),
    'Reverse the bits of every byte.',
  ),
]);

export const Zbkx = extension('Zbkx', 'Permutations by index.', [
  r('xperm4', OP, 0b010, 0x14, permute(4), 'Choose four-bit fields by four-bit numbers.'),
  r('xperm8', OP, 0b100, 0x14, permute(8), 'Choose bytes by numbers of a byte.'),
]);
