/** Vector fixed-point arithmetic, in the order of the specification: saturating (vxsat) and rounded by vxrm. */
import type { Instruction } from '../types.js';
import type { Value } from '../vocabulary.js';
import { elementWise, type Form, vectorInteger, vectorMultiply } from './rows.js';
import { type ElementScope, type ElementWise, INTEGER, WIDE_INTEGER } from './shapes.js';

const VX: readonly Form[] = ['vv', 'vx'];
const VXI: readonly Form[] = ['vv', 'vx', 'vi'];
const VXU: readonly Form[] = ['vv', 'vx', 'vu'];

const bitsOf = (v: Value) => Number.parseInt(v.shape.slice(1), 10);
/** The largest or, for a negative value, the most negative number of the value's width. */
const bound = (sign: Value) => sign.shrS(bitsOf(sign) - 1).xor((1n << BigInt(bitsOf(sign) - 1)) - 1n);

const addSigned: ElementWise['element'] = (vs2, vs1, _, o) => {
  const [a, b] = [o.keep(vs2), o.keep(vs1)];
  const sum = o.keep(a.add(b));
  return o.saturate(sum.xor(a).and(sum.xor(b)).ltS(0), bound(a), sum);
};
const subtractSigned: ElementWise['element'] = (vs2, vs1, _, o) => {
  const [a, b] = [o.keep(vs2), o.keep(vs1)];
  const difference = o.keep(a.sub(b));
  return o.saturate(a.xor(b).and(a.xor(difference)).ltS(0), bound(a), difference);
};

/** Half of a sum or difference, from its carry-free part `odd` (a xor b) and `whole`, so that no bit is lost above. */
const halved = (o: ElementScope, odd: Value, whole: Value, signed: boolean): Value => {
  const lost = o.keep(odd.and(1).ne(0));
  const half = o.keep((signed ? odd.shrS(1) : odd.shrU(1)).add(whole));
  return half.add(o.roundUp(half.and(1).ne(0), lost, lost.and(0)).to(o.vd, false));
};
const average =
  (signed: boolean): ElementWise['element'] =>
  (a, b, _, o) =>
    halved(o, a.xor(b), a.and(b), signed);
const averageDifference =
  (signed: boolean): ElementWise['element'] =>
  (a, b, _, o) =>
    halved(o, a.xor(b), a.not().and(b).neg(), signed);

/** The product of two fractions: its upper part without the doubled sign. Only the square of -1 is too large. */
const fraction: ElementWise['element'] = (vs2, vs1, _, o) => {
  const [a, b] = [o.keep(vs2), o.keep(vs1)];
  const top = bitsOf(a) - 1;
  const low = o.keep(a.mul(b));
  const result = o.keep(o.mulHigh(a, b, true, true).shl(1).or(low.shrU(top)));
  const half = low
    .shrU(top - 1)
    .and(1)
    .ne(0);
  const rest = low.shl(2).ne(0);
  const rounded = o.keep(result.add(o.roundUp(result.and(1).ne(0), half, rest).to(o.vd, false)));
  const least = -(1n << BigInt(top));
  return o.saturate(a.eq(least).and(b.eq(least)), rounded.and(0).add(-least - 1n), rounded);
};

/** Shifted right and rounded; the amount is modulo the width. */
function shifted(o: ElementScope, value: Value, by: Value, signed: boolean): Value {
  const amount = o.keep(by.and(bitsOf(value) - 1));
  const a = o.keep(value);
  const floor = o.keep(signed ? a.shrS(amount) : a.shrU(amount));
  const half = o.keep(amount.eq(0).choose(0, a.shrU(amount.sub(1)).and(1)));
  const rest = a.sub(floor.shl(amount)).ne(half.shl(amount.sub(1)));
  return floor.add(o.roundUp(floor.and(1).ne(0), half.ne(0), rest).to(value.shape as 'i64', false));
}

const scale =
  (signed: boolean): ElementWise['element'] =>
  (a, b, _, o) =>
    shifted(o, a, b, signed);

const clip =
  (signed: boolean): ElementWise['element'] =>
  (a, b, _, o) => {
    const bits = BigInt(bitsOf(a)) / 2n;
    const value = o.keep(shifted(o, a, b.to(o.vs2, false), signed));
    if (!signed) return o.saturate(value.gtU((1n << bits) - 1n), -1, value);
    const [least, most] = [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
    const limit = value.ltS(0).choose(value.and(0).add(least), value.and(0).add(most));
    return o.saturate(value.ltS(least).or(value.gtS(most)), limit, value);
  };
const vectorClip = (name: string, funct6: number, signed: boolean, doc: string) =>
  elementWise(
    'integer',
    name,
    funct6,
    VXU,
    { vd: INTEGER, vs2: WIDE_INTEGER, vs1: INTEGER, element: clip(signed) },
    doc,
    { first: 'w' },
  );

export const fixed: readonly Instruction[] = [
  vectorInteger(
    'vsaddu',
    0b100000,
    VXI,
    (a, b, _, o) => o.saturate(a.add(b).ltU(a), -1, a.add(b)),
    'Add, unsigned, the largest number instead of overflow.',
  ),
  vectorInteger('vsadd', 0b100001, VXI, addSigned, 'Add, signed, the nearest number instead of overflow.'),
  vectorInteger(
    'vssubu',
    0b100010,
    VX,
    (a, b, _, o) => o.saturate(a.ltU(b), 0, a.sub(b)),
    'Subtract, unsigned, zero instead of a borrow.',
  ),
  vectorInteger('vssub', 0b100011, VX, subtractSigned, 'Subtract, signed, the nearest number instead of overflow.'),
  vectorMultiply('vaaddu', 0b001000, VX, average(false), 'Average, unsigned.'),
  vectorMultiply('vaadd', 0b001001, VX, average(true), 'Average, signed.'),
  vectorMultiply('vasubu', 0b001010, VX, averageDifference(false), 'Half of the difference, unsigned.'),
  vectorMultiply('vasub', 0b001011, VX, averageDifference(true), 'Half of the difference, signed.'),
  vectorInteger('vsmul', 0b100111, VX, fraction, 'Multiply fractions, rounded.'),
  vectorInteger('vssrl', 0b101010, VXU, scale(false), 'Shift right, zeros in, rounded.'),
  vectorInteger('vssra', 0b101011, VXU, scale(true), 'Shift right, sign in, rounded.'),
  vectorClip('vnclipu', 0b101110, false, 'Shift right, round and clip to half width, unsigned.'),
  vectorClip('vnclip', 0b101111, true, 'Shift right, round and clip to half width, signed.'),
].flat();
