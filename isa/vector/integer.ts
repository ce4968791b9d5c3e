/** Vector integer arithmetic, in the order of the specification. a is vs2's element, b the second operand, d vd's old element. */
import type { Instruction } from '../types.js';
import type { Value } from '../vocabulary.js';
import {
  elementWise,
  type Form,
  OPIVI,
  OPIVV,
  OPIVX,
  OPMVV,
  op,
  vectorCompare,
  vectorInteger,
  vectorMultiply,
  vectorMultiplyAdd,
  vectorNarrowing,
  vectorUnary,
  vectorWide,
  vectorWidening,
  vs2Is,
} from './rows.js';
import { type ElementScope, type ElementWise, fraction, INTEGER, MASK } from './shapes.js';

const VX: readonly Form[] = ['vv', 'vx'];
const VXI: readonly Form[] = ['vv', 'vx', 'vi'];
const VXU: readonly Form[] = ['vv', 'vx', 'vu'];

/** Adds and subtracts with v0 as carry or borrow. */
const carried = (
  name: string,
  funct6: number,
  which: readonly Form[],
  vd: typeof MASK,
  element: ElementWise['element'],
  doc: string,
) => elementWise('integer', name, funct6, which, { vd, vs2: INTEGER, vs1: INTEGER, element }, doc, { carry: true });

/** The carry or borrow alone, without one coming in. */
const carryOut = (name: string, funct6: number, which: readonly Form[], element: ElementWise['element'], doc: string) =>
  elementWise('integer', name, funct6, which, { vd: MASK, vs2: INTEGER, vs1: INTEGER, element }, doc, {
    unmasked: true,
  });

const extended = (signed: boolean) => (a: Value, o: ElementScope) => a.to(o.vd, signed);

/**
 * Division never traps: by zero the quotient is all ones and the remainder the dividend; the most negative number by -1 gives
 * itself and 0. The platform's division is never given either.
 */
const divideSigned =
  (result: 'quotient' | 'remainder'): ElementWise['element'] =>
  (vs2, vs1, _, o) => {
    const a = o.keep(vs2);
    const b = o.keep(vs1);
    const safe = b.eq(0).or(b.eq(-1)).choose(1, b);
    return result === 'quotient'
      ? b.eq(0).choose(-1, b.eq(-1).choose(a.neg(), a.divS(safe)))
      : b.eq(0).choose(a, a.remS(safe)); // the remainder by 1 is 0, as by -1
  };
const divideUnsigned =
  (result: 'quotient' | 'remainder'): ElementWise['element'] =>
  (vs2, vs1, _, o) => {
    const a = o.keep(vs2);
    const b = o.keep(vs1);
    const safe = b.eq(0).choose(1, b);
    return result === 'quotient' ? b.eq(0).choose(-1, a.divU(safe)) : b.eq(0).choose(a, a.remU(safe));
  };

/** vmv.v.*: b alone; the encoding's vs2 is zero. */
const second: ElementWise = { shape: 'element-wise', vd: INTEGER, vs2: INTEGER, vs1: INTEGER, element: (_, b) => b };
const splat = (name: string, funct3: number, operand: string, doc: string) =>
  op(name, 0b010111, funct3, `vd, ${operand}`, second, doc, vs2Is(0));

export const integer: readonly Instruction[] = [
  vectorInteger('vadd', 0b000000, VXI, (a, b) => a.add(b), 'Add, element by element.'),
  vectorInteger('vsub', 0b000010, VX, (a, b) => a.sub(b), 'Subtract the second operand from vs2.'),
  vectorInteger('vrsub', 0b000011, ['vx', 'vi'], (a, b) => b.sub(a), 'Subtract vs2 from the scalar.'),

  vectorWidening('vwaddu', 0b110000, VX, 'uu', (a, b) => a.add(b), 'Add to double width, unsigned.'),
  vectorWidening('vwadd', 0b110001, VX, 'ss', (a, b) => a.add(b), 'Add to double width, signed.'),
  vectorWidening('vwsubu', 0b110010, VX, 'uu', (a, b) => a.sub(b), 'Subtract to double width, unsigned.'),
  vectorWidening('vwsub', 0b110011, VX, 'ss', (a, b) => a.sub(b), 'Subtract to double width, signed.'),
  vectorWide('vwaddu', 0b110100, 'uu', (a, b) => a.add(b), 'Add to elements of double width, unsigned.'),
  vectorWide('vwadd', 0b110101, 'ss', (a, b) => a.add(b), 'Add to elements of double width, signed.'),
  vectorWide('vwsubu', 0b110110, 'uu', (a, b) => a.sub(b), 'Subtract from elements of double width, unsigned.'),
  vectorWide('vwsub', 0b110111, 'ss', (a, b) => a.sub(b), 'Subtract from elements of double width, signed.'),

  ...([8, 4, 2] as const).flatMap((part, k) => [
    vectorUnary(
      `vzext.vf${part}`,
      0b010010,
      OPMVV,
      2 + 2 * k,
      INTEGER,
      fraction(part),
      extended(false),
      `Zero-extend elements of 1/${part} width.`,
    ),
    vectorUnary(
      `vsext.vf${part}`,
      0b010010,
      OPMVV,
      3 + 2 * k,
      INTEGER,
      fraction(part),
      extended(true),
      `Sign-extend elements of 1/${part} width.`,
    ),
  ]),

  carried(
    'vadc',
    0b010000,
    VXI,
    INTEGER,
    (a, b, _, { v0, vd }) => a.add(b).add(v0.to(vd, false)),
    'Add with carry from v0.',
  ),
  carried(
    'vmadc',
    0b010001,
    VXI,
    MASK,
    (a, b, _, { v0 }) => v0.choose(a.not().leU(b), a.not().ltU(b)),
    'The carry of adding with carry from v0.',
  ),
  carryOut('vmadc', 0b010001, VXI, (a, b) => a.not().ltU(b), 'The carry of adding.'),
  carried(
    'vsbc',
    0b010010,
    VX,
    INTEGER,
    (a, b, _, { v0, vd }) => a.sub(b).sub(v0.to(vd, false)),
    'Subtract with borrow from v0.',
  ),
  carried(
    'vmsbc',
    0b010011,
    VX,
    MASK,
    (a, b, _, { v0 }) => v0.choose(a.leU(b), a.ltU(b)),
    'The borrow of subtracting with borrow from v0.',
  ),
  carryOut('vmsbc', 0b010011, VX, (a, b) => a.ltU(b), 'The borrow of subtracting.'),

  vectorInteger('vand', 0b001001, VXI, (a, b) => a.and(b), 'And, bit by bit.'),
  vectorInteger('vor', 0b001010, VXI, (a, b) => a.or(b), 'Or, bit by bit.'),
  vectorInteger('vxor', 0b001011, VXI, (a, b) => a.xor(b), 'Exclusive or, bit by bit.'),
  vectorInteger('vsll', 0b100101, VXU, (a, b) => a.shl(b), 'Shift left.'),
  vectorInteger('vsrl', 0b101000, VXU, (a, b) => a.shrU(b), 'Shift right, zeros in.'),
  vectorInteger('vsra', 0b101001, VXU, (a, b) => a.shrS(b), 'Shift right, sign in.'),
  vectorNarrowing('vnsrl', 0b101100, (a, b) => a.shrU(b), 'Shift right to half width, zeros in.'),
  vectorNarrowing('vnsra', 0b101101, (a, b) => a.shrS(b), 'Shift right to half width, sign in.'),

  vectorCompare('vmseq', 0b011000, VXI, (a, b) => a.eq(b), 'Set the mask bit if equal.'),
  vectorCompare('vmsne', 0b011001, VXI, (a, b) => a.ne(b), 'Set the mask bit if not equal.'),
  vectorCompare('vmsltu', 0b011010, VX, (a, b) => a.ltU(b), 'Set the mask bit if less, unsigned.'),
  vectorCompare('vmslt', 0b011011, VX, (a, b) => a.ltS(b), 'Set the mask bit if less, signed.'),
  vectorCompare('vmsleu', 0b011100, VXI, (a, b) => a.leU(b), 'Set the mask bit if less or equal, unsigned.'),
  vectorCompare('vmsle', 0b011101, VXI, (a, b) => a.leS(b), 'Set the mask bit if less or equal, signed.'),
  vectorCompare('vmsgtu', 0b011110, ['vx', 'vi'], (a, b) => a.gtU(b), 'Set the mask bit if greater, unsigned.'),
  vectorCompare('vmsgt', 0b011111, ['vx', 'vi'], (a, b) => a.gtS(b), 'Set the mask bit if greater, signed.'),

  vectorInteger('vminu', 0b000100, VX, (a, b) => a.minU(b), 'The smaller, unsigned.'),
  vectorInteger('vmin', 0b000101, VX, (a, b) => a.minS(b), 'The smaller, signed.'),
  vectorInteger('vmaxu', 0b000110, VX, (a, b) => a.maxU(b), 'The larger, unsigned.'),
  vectorInteger('vmax', 0b000111, VX, (a, b) => a.maxS(b), 'The larger, signed.'),

  vectorMultiply('vmul', 0b100101, VX, (a, b) => a.mul(b), 'Multiply, low half.'),
  vectorMultiply('vmulh', 0b100111, VX, (a, b, _, o) => o.mulHigh(a, b, true, true), 'Multiply, high half, signed.'),
  vectorMultiply(
    'vmulhu',
    0b100100,
    VX,
    (a, b, _, o) => o.mulHigh(a, b, false, false),
    'Multiply, high half, unsigned.',
  ),
  vectorMultiply(
    'vmulhsu',
    0b100110,
    VX,
    (a, b, _, o) => o.mulHigh(a, b, true, false),
    'Multiply, high half, vs2 signed, the other unsigned.',
  ),
  vectorMultiply('vdivu', 0b100000, VX, divideUnsigned('quotient'), 'Divide vs2, unsigned.'),
  vectorMultiply('vdiv', 0b100001, VX, divideSigned('quotient'), 'Divide vs2, signed.'),
  vectorMultiply('vremu', 0b100010, VX, divideUnsigned('remainder'), 'Remainder of dividing vs2, unsigned.'),
  vectorMultiply('vrem', 0b100011, VX, divideSigned('remainder'), 'Remainder of dividing vs2, signed.'),

  vectorWidening('vwmul', 0b111011, VX, 'ss', (a, b) => a.mul(b), 'Multiply to double width, signed.'),
  vectorWidening('vwmulu', 0b111000, VX, 'uu', (a, b) => a.mul(b), 'Multiply to double width, unsigned.'),
  vectorWidening(
    'vwmulsu',
    0b111010,
    VX,
    'su',
    (a, b) => a.mul(b),
    'Multiply to double width, vs2 signed, the other unsigned.',
  ),

  vectorMultiplyAdd('vmacc', 0b101101, (a, b, d) => d.add(a.mul(b)), 'Add the product to vd.'),
  vectorMultiplyAdd('vnmsac', 0b101111, (a, b, d) => d.sub(a.mul(b)), 'Subtract the product from vd.'),
  vectorMultiplyAdd('vmadd', 0b101001, (a, b, d) => a.add(d.mul(b)), 'Multiply vd and add vs2.'),
  vectorMultiplyAdd('vnmsub', 0b101011, (a, b, d) => a.sub(d.mul(b)), 'Multiply vd and subtract that from vs2.'),
  vectorWidening(
    'vwmaccu',
    0b111100,
    VX,
    'uu',
    (a, b, d) => d.add(a.mul(b)),
    'Add the product to vd of double width, unsigned.',
    'vs1 first',
  ),
  vectorWidening(
    'vwmacc',
    0b111101,
    VX,
    'ss',
    (a, b, d) => d.add(a.mul(b)),
    'Add the product to vd of double width, signed.',
    'vs1 first',
  ),
  vectorWidening(
    'vwmaccsu',
    0b111111,
    VX,
    'us',
    (a, b, d) => d.add(a.mul(b)),
    'Add the product to vd of double width, vs2 unsigned, the other signed.',
    'vs1 first',
  ),
  vectorWidening(
    'vwmaccus',
    0b111110,
    ['vx'],
    'su',
    (a, b, d) => d.add(a.mul(b)),
    'Add the product to vd of double width, vs2 signed, the scalar unsigned.',
    'vs1 first',
  ),

  carried(
    'vmerge',
    0b010111,
    VXI,
    INTEGER,
    (a, b, _, { v0 }) => v0.choose(b, a),
    'The second operand where v0 is set, else vs2.',
  ),
  splat('vmv.v.v', OPIVV, 'vs1', 'Copy a vector.'),
  splat('vmv.v.x', OPIVX, 'rs1', 'Copy an x register to every element.'),
  splat('vmv.v.i', OPIVI, 'simm5', 'Copy an immediate to every element.'),
].flat();
