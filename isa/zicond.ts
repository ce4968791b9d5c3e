/** Zicond: one value or zero, by a condition. */
import { extension, OP, r } from './rows.js';

export const Zicond = extension('Zicond', 'Conditional zero.', [
  r(
    'czero.eqz',
    OP,
    0b101,
    0x07,
    ({ rd, rs1, rs2 }) => rd.set(rs2.eq(0).choose(0, rs1)),
    'Zero if the second operand is zero, else the first operand.',
  ),
  r(
    'czero.nez',
    OP,
    0b111,
    0x07,
    ({ rd, rs1, rs2 }) => rd.set(rs2.eq(0).choose(rs1, 0)),
    'Zero if the second operand is not zero, else the first operand.',
  ),
]);
