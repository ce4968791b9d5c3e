/** Zbb: basic bit manipulation. The rows that cryptography needs as well are enough with Zbkb too. */
import { reverseBytes } from './bits.js';
import type { Scalar, Value } from './vocabulary.js';
import { extension, needs, OP, OP_32, OP_IMM, OP_IMM_32, r, shift, unary } from './rows.js';

const SHARED = ['Zbb|Zbkb'];

/** A computation on the lower 32 bits, sign-extended. */
const word = (compute: (a: Value) => Value) => (o: Scalar) => o.rd.set(compute(o.rs1.to('i32', true)).to('i64', true));

/** A rotation of 32 bits. */
const rotateWord = (direction: 'rotl' | 'rotr', by: 'rs2' | 'imm') => (o: Scalar) =>
  word((a) => a[direction](o[by].to('i32', true)))(o);

/** All ones in every byte that has a one. */
const orCombine = (o: Scalar) => {
  const LOW = 0x7f7f_7f7f_7f7f_7f7fn;
  const v = o.keep(o.rs1);
  // Bit 7 of a byte is set where the byte is not zero; the sums stay within their bytes.
  const set = o.keep(v.and(LOW).add(LOW).or(v).shrU(7).and(0x0101_0101_0101_0101n));
  o.rd.set(set.shl(8).sub(set));
};

export const Zbb = extension('Zbb', 'Basic bit manipulation.', [
  needs(
    SHARED,
    r('andn', OP, 0b111, 0x20, ({ rd, rs1, rs2 }) => rd.set(rs1.and(rs2.not())), 'And with the complement.'),
  ),
  needs(
    SHARED,
    r('orn', OP, 0b110, 0x20, ({ rd, rs1, rs2 }) => rd.set(rs1.or(rs2.not())), 'Or with the complement.'),
  ),
  needs(
    SHARED,
    r('xnor', OP, 0b100, 0x20, ({ rd, rs1, rs2 }) => rd.set(rs1.xor(rs2).not()), 'Exclusive nor.'),
  ),
  unary('clz', OP_IMM, 0b001, 0x600, ({ rd, rs1 }) => rd.set(rs1.clz()), 'Count zeros above the highest one.'),
  unary(
    'clzw',
    OP_IMM_32,
    0b001,
    0x600,
    word((a) => a.clz()),
    'Count zeros above the highest one, 32-bit.',
  ),
  unary('ctz', OP_IMM, 0b001, 0x601, ({ rd, rs1 }) => rd.set(rs1.ctz()), 'Count zeros below the lowest one.'),
  unary(
    'ctzw',
    OP_IMM_32,
    0b001,
    0x601,
    word((a) => a.ctz()),
    'Count zeros below the lowest one, 32-bit.',
  ),
  unary('cpop', OP_IMM, 0b001, 0x602, ({ rd, rs1 }) => rd.set(rs1.popcount()), 'Count ones.'),
  unary(
    'cpopw',
    OP_IMM_32,
    0b001,
    0x602,
    word((a) => a.popcount()),
    'Count ones, 32-bit.',
  ),
  r('max', OP, 0b110, 0x05, ({ rd, rs1, rs2 }) => rd.set(rs1.maxS(rs2)), 'Maximum, signed.'),
  r('maxu', OP, 0b111, 0x05, ({ rd, rs1, rs2 }) => rd.set(rs1.maxU(rs2)), 'Maximum, unsigned.'),
  r('min', OP, 0b100, 0x05, ({ rd, rs1, rs2 }) => rd.set(rs1.minS(rs2)), 'Minimum, signed.'),
  r('minu', OP, 0b101, 0x05, ({ rd, rs1, rs2 }) => rd.set(rs1.minU(rs2)), 'Minimum, unsigned.'),
  unary('sext.b', OP_IMM, 0b001, 0x604, ({ rd, rs1 }) => rd.set(rs1.signExtend(8)), 'Sign-extend a byte.'),
  unary('sext.h', OP_IMM, 0b001, 0x605, ({ rd, rs1 }) => rd.set(rs1.signExtend(16)), 'Sign-extend a half-word.'),
  unary('zext.h', OP_32, 0b100, 0x080, ({ rd, rs1 }) => rd.set(rs1.and(0xffff)), 'Zero-extend a half-word.'),
  needs(
    SHARED,
    r('rol', OP, 0b001, 0x30, ({ rd, rs1, rs2 }) => rd.set(rs1.rotl(rs2)), 'Rotate left.'),
  ),
  needs(SHARED, r('rolw', OP_32, 0b001, 0x30, rotateWord('rotl', 'rs2'), 'Rotate left, 32-bit.')),
  needs(
    SHARED,
    r('ror', OP, 0b101, 0x30, ({ rd, rs1, rs2 }) => rd.set(rs1.rotr(rs2)), 'Rotate right.'),
  ),
  needs(
    SHARED,
    shift(
      'rori',
      OP_IMM,
      0b101,
      0b011000,
      6,
      ({ rd, rs1, imm }) => rd.set(rs1.rotr(imm)),
      'Rotate right by an immediate.',
    ),
  ),
  needs(
    SHARED,
    shift('roriw', OP_IMM_32, 0b101, 0x30, 5, rotateWord('rotr', 'imm'), 'Rotate right by an immediate, 32-bit.'),
  ),
  needs(SHARED, r('rorw', OP_32, 0b101, 0x30, rotateWord('rotr', 'rs2'), 'Rotate right, 32-bit.')),
  unary('orc.b', OP_IMM, 0b101, 0x287, orCombine, 'Fill every byte that has a one with ones.'),
  unary('rev8', OP_IMM, 0b101, 0x6b8, (o) => o.rd.set(reverseBytes(o.keep, o.rs1)), 'Reverse the bytes.', SHARED),
]);
