/** Zbs: single bits, by number. */
import type { Value } from './vocabulary.js';
import { extension, OP, OP_IMM, r, shift } from './rows.js';

/** With a register and with an immediate. */
const both = (
  name: string,
  funct3: number,
  funct6: number,
  compute: (a: Value, bit: Value) => Value,
  doc: (bit: string) => string,
) => [
  r(name, OP, funct3, funct6 << 1, ({ rd, rs1, rs2 }) => rd.set(compute(rs1, rs2)), doc('a bit')),
  shift(
    `${name}i`,
    OP_IMM,
    funct3,
    funct6,
    6,
    ({ rd, rs1, imm }) => rd.set(compute(rs1, imm)),
    doc('the bit of an immediate'),
  ),
];

/** A one at the place of the bit, whose number is taken modulo 64. */
const place = (bit: Value) => bit.and(0).add(1).shl(bit);

export const Zbs = extension(
  'Zbs',
  'Single bits.',
  [
    both(
      'bclr',
      0b001,
      0b010010,
      (a, bit) => a.and(place(bit).not()),
      (bit) => `Clear ${bit}.`,
    ),
    both(
      'bext',
      0b101,
      0b010010,
      (a, bit) => a.shrU(bit).and(1),
      (bit) => `Extract ${bit}.`,
    ),
    both(
      'binv',
      0b001,
      0b011010,
      (a, bit) => a.xor(place(bit)),
      (bit) => `Turn ${bit}.`,
    ),
    both(
      'bset',
      0b001,
      0b001010,
      (a, bit) => a.or(place(bit)),
      (bit) => `Set ${bit}.`,
    ),
  ].flat(),
);
