/** Zba: addresses of array elements. */
import type { Scalar } from './vocabulary.js';
import { extension, OP, OP_32, OP_IMM_32, r, shift } from './rows.js';

/** rs1, or its lower 32 bits, shifted left and added to rs2. */
const shiftAdd = (amount: number, word: boolean) => (o: Scalar) => {
  const index = word ? o.rs1.to('i32', false).to('i64', false) : o.rs1;
  o.rd.set(index.shl(amount).add(o.rs2));
};

export const Zba = extension('Zba', 'Address generation.', [
  r('add.uw', OP_32, 0b000, 0x04, shiftAdd(0, true), 'Add, the first operand a zero-extended word.'),
  r('sh1add', OP, 0b010, 0x10, shiftAdd(1, false), 'Shift left by 1 and add.'),
  r('sh1add.uw', OP_32, 0b010, 0x10, shiftAdd(1, true), 'Shift a zero-extended word left by 1 and add.'),
  r('sh2add', OP, 0b100, 0x10, shiftAdd(2, false), 'Shift left by 2 and add.'),
  r('sh2add.uw', OP_32, 0b100, 0x10, shiftAdd(2, true), 'Shift a zero-extended word left by 2 and add.'),
  r('sh3add', OP, 0b110, 0x10, shiftAdd(3, false), 'Shift left by 3 and add.'),
  r('sh3add.uw', OP_32, 0b110, 0x10, shiftAdd(3, true), 'Shift a zero-extended word left by 3 and add.'),
  shift(
    'slli.uw',
    OP_IMM_32,
    0b001,
    0b000010,
    6,
    ({ rd, rs1, imm }) => rd.set(rs1.to('i32', false).to('i64', false).shl(imm)),
    'Shift a zero-extended word left by an immediate.',
  ),
]);
