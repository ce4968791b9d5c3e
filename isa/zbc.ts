/** Zbc: multiplication without carries. Cryptography's part of it is Zbkc. */
import type { Scalar } from './vocabulary.js';
import { extension, needs, OP, r } from './rows.js';

const SHARED = ['Zbc|Zbkc'];

const half = (which: 'low' | 'high') => (o: Scalar) => o.rd.set(o.carryless(which, o.rs1, o.rs2));

/** Bits 126 to 63 of the product. */
const reversed = (o: Scalar) => {
  const [a, b] = [o.keep(o.rs1), o.keep(o.rs2)];
  o.rd.set(
    o
      .carryless('high', a, b)
      .shl(1)
      .or(o.carryless('low', a, b).shrU(63)),
  );
};

export const Zbc = extension('Zbc', 'Carry-less multiplication.', [
  needs(SHARED, r('clmul', OP, 0b001, 0x05, half('low'), 'Multiply without carries, low half.')),
  needs(SHARED, r('clmulh', OP, 0b011, 0x05, half('high'), 'Multiply without carries, high half.')),
  r('clmulr', OP, 0b010, 0x05, reversed, 'Multiply without carries, reversed: bits 126 to 63.'),
]);

export const Zbkc = extension('Zbkc', 'Carry-less multiplication for cryptography: clmul and clmulh.', []);
