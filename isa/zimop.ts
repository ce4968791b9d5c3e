/**
 * Zimop and Zcmop: encodings that later extensions may redefine. Until then those of 32 bits give zero, and those of 16 bits do nothing.
 * Their number, part of the mnemonic, lies in scattered bits.
 */
import { extension, plain, row, SYSTEM } from './rows.js';
import type { Scalar } from './vocabulary.js';

const MOP = 0x8000_4000 | SYSTEM;

const zero = ({ rd, rs1 }: Scalar) => rd.set(rs1.and(0));
const numbered = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));

export const Zimop = extension('Zimop', 'May-be-operations: they give zero until an extension redefines them.', [
  ...numbered(32, (n) =>
    row(
      `mop.r.${n}`,
      4,
      (MOP | ((n >> 4) << 30) | (((n >> 2) & 3) << 26) | (0b0111 << 22) | ((n & 3) << 20)) >>> 0,
      'rd, rs1',
      plain(zero),
      `May-be-operation ${n} of one operand: zero.`,
    ),
  ),
  ...numbered(8, (n) =>
    row(
      `mop.rr.${n}`,
      4,
      (MOP | ((n >> 2) << 30) | ((n & 3) << 26) | (1 << 25)) >>> 0,
      'rd, rs1, rs2',
      plain(zero),
      `May-be-operation ${n} of two operands: zero.`,
    ),
  ),
]);

/** They take the place of c.lui with an immediate of zero; their number is that of the register. */
export const Zcmop = extension(
  'Zcmop',
  'Compressed may-be-operations: they do nothing until an extension redefines them.',
  numbered(8, (k) => 2 * k + 1).map((n) =>
    row(
      `c.mop.${n}`,
      2,
      0x6001 | (n << 7),
      '',
      plain(() => {}),
      `May-be-operation ${n}: does nothing.`,
    ),
  ),
);
