/** Conversions of floating-point numbers on lanes, and what kind they are. */
import type { Element, Float, Shape, Value } from '../../../isa/vocabulary.js';
import type { Code } from '../../wasm/code.js';
import { BYTES, simd } from '../../wasm/opcodes.js';
import { constant, kept, NoSuchOperation, type Val } from '../../wasm/value.js';
import { eachHalf, isHalfLanes, joined, type LaneNotes, rounded, widened } from './half-lanes.js';
import { laneByLane } from './lane-by-lane.js';
import { LaneVal, packed } from './lane-values.js';

const NEAREST = { 'f32*': 106, 'f64*': 148 } as const;
const TRUNCATED = { 'f32*': 105, 'f64*': 122 } as const;
const promoted = (v: Val) => v.apply('f64*', ...simd(95)); // f64x2.promote_low_f32x4
const lanes = (v: Val) => new LaneVal(v.shape, v.emit);
/** What is true of floating-point numbers, as ones. */
const truth = (v: Val) => v.as('i8*');
/** Between infinities, and not too small to be normal. */
const isBounded = (v: Val, least: number) => {
  const magnitude = v.abs();
  const infinity = constant(v.shape, Number.POSITIVE_INFINITY);
  return truth(magnitude.gtS(constant(v.shape, least))).and(truth(magnitude.ltS(infinity)));
};
const isZero = (v: Val) => truth(v.eq(constant(v.shape, 0)));

/** Of an integer of 64 bits: how far its ones lie apart, sign and magnitude. */
function spread(a: Val, signed: boolean): Val {
  const magnitude = signed ? a.xor(a.shrS(63)).sub(a.shrS(63)) : a;
  return constant('i64', 64).sub(magnitude.clz()).sub(magnitude.ctz());
}

export function laneConversions(
  c: Code,
  notes: LaneNotes,
): Pick<Float, 'convert' | 'toInteger' | 'fromInteger' | 'classify'> {
  const { unless, note } = notes;
  const keep = (v: Value) => kept(c, v as Val);

  const toInteger: Float['toInteger'] = (x, to, signed, fixed) => {
    const given = keep(x);
    if (given.shape === 'f16*') {
      if (to === 'i64') throw new NoSuchOperation('f16 to i64');
      const half = (which: 'lower' | 'upper') => keep(toInteger(widened(c, given, which, notes), to, signed, fixed));
      return to === 'i32' ? half('lower') : joined('i16*', eachHalf(half), signed);
    }
    const a = given.shape === 'f32*' && to === 'i64' ? keep(promoted(given)) : given;
    if (a.shape !== 'f32*' && a.shape !== 'f64*') throw new NoSuchOperation(`${a.shape} to integers`);
    const single = a.shape === 'f32*';
    const integer = keep(a.apply(a.shape, ...simd((fixed ? TRUNCATED : NEAREST)[a.shape])));
    const bits = 8 * BYTES[to];
    const least = constant(a.shape, signed ? -(2 ** (bits - 1)) : 0);
    const beyond = constant(a.shape, 2 ** (signed ? bits - 1 : bits));
    unless(truth(integer.geS(least)).and(truth(integer.ltS(beyond))));
    note(() => integer.ne(a));
    if (to === 'i64') return laneByLane('i64*', [integer], (number) => number.apply('i64', signed ? 0xb0 : 0xb1));
    // i32x4.trunc_sat_f32x4_s, or of f64x2 into the lower two.
    return integer.apply('i32*', ...simd((single ? 248 : 252) + (signed ? 0 : 1)));
  };

  const fromInteger: Float['fromInteger'] = (x, signed, to) => {
    if (x.shape === 'i8*') return fromInteger(x.to(to === 'f16' ? 'i16' : 'i32', signed), signed, to);
    if (x.shape === 'i16*' && to === 'f16') return manyToHalves(keep(x), signed);
    const a = keep(x.shape === 'i16*' ? x.to('i32', signed) : x);
    // Those that a single rounds are too large.
    if (to === 'f16') return rounded(c, fromInteger(a, signed, 'f32') as Val, 'f16*', notes);
    const doubles = (words: Val) => words.apply('f64*', ...simd(signed ? 254 : 255)); // f64x2.convert_low_i32x4
    if (a.shape === 'i64*') {
      const precision = to === 'f32' ? 24 : 53;
      note(() =>
        laneByLane(
          'i64*',
          [a],
          (number) => spread(number, signed).gtS(precision).choose(-1n, constant('i64', 0)) as Val,
        ),
      );
      return laneByLane(`${to}*`, [a], (number) => number.apply(to, (to === 'f32' ? 0xb4 : 0xb9) + (signed ? 0 : 1)));
    }
    if (to === 'f64') return doubles(a);
    const r = keep(a.apply('f32*', ...simd(signed ? 250 : 251))); // f32x4.convert_i32x4
    const order = [8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0];
    const upper = (v: Val) => lanes(v).shuffled(order);
    note(() => promoted(r).ne(doubles(a)));
    note(() => promoted(upper(r)).ne(doubles(upper(a))));
    return r;
  };

  const manyToHalves = (a: Val, signed: boolean) => {
    const wide = (which: 'lower' | 'upper') =>
      a.apply('i32*', ...simd((which === 'lower' ? 167 : 168) + (signed ? 0 : 2))); // i32x4.extend_i16x8
    const half = (which: 'lower' | 'upper') =>
      rounded(c, fromInteger(wide(which), signed, 'f32') as Val, 'f16*', notes);
    return joined('f16*', eachHalf(half));
  };

  /** Two doubles as singles, in the lower half. */
  function narrowed(x: Value, fixed: 'rod' | undefined): Val {
    const a = keep(x);
    const r = keep(a.apply('f32*', ...simd(94))); // f32x4.demote_f64x2_zero
    const back = keep(promoted(r));
    unless(isBounded(back, 2 ** -126).or(isZero(a)));
    const lost = () => back.ne(a);
    note(lost);
    if (!fixed) return r;
    // Towards zero, and the last bit set where something was lost.
    const words = (mask: Val) => packed(mask, 8, 4).as('i32*');
    const away = words(back.abs().gtS(a.abs()));
    return r.as('i32*').add(away).or(words(lost()).and(1)).as('f32*');
  }

  const convert: Float['convert'] = (x, to, fixed) => {
    if (x.shape === `${to}*`) return x;
    if (x.shape === 'f64*' && to === 'f32') return narrowed(x, fixed);
    if (isHalfLanes(x.shape) && to === 'f32') return widened(c, keep(x), 'lower', notes);
    if (x.shape === 'f32*' && (to === 'f16' || to === 'bf16'))
      return rounded(c, x as Val, `${to}*`, notes, fixed === 'rod');
    if (x.shape !== 'f32*' || to !== 'f64') throw new NoSuchOperation(`${x.shape} to ${to}`);
    const a = keep(x);
    unless(truth(a.eq(a)));
    return promoted(a);
  };

  const classify: Float['classify'] = (x) => {
    const fields = { 'f16*': [10n, 16n], 'f32*': [23n, 32n], 'f64*': [52n, 64n] } as const;
    if (x.shape !== 'f16*' && x.shape !== 'f32*' && x.shape !== 'f64*')
      throw new NoSuchOperation(`classes of ${x.shape}`);
    const [fraction, width] = fields[x.shape];
    const shape: Shape = `i${width}*` as `${Element}*`;
    const number = (value: bigint | number) => constant(shape, value);
    const bits = keep(x.as(shape));
    const magnitude = keep(bits.and((1n << (width - 1n)) - 1n));
    const infinity = ((1n << (width - 1n - fraction)) - 1n) << fraction;
    const isNegative = keep(bits.ltS(number(0)));
    const byMagnitude = (zero: number, subnormal: number, normal: number, infinite: number) =>
      magnitude
        .eq(number(0))
        .choose(
          number(zero),
          magnitude
            .ltS(number(1n << fraction))
            .choose(number(subnormal), magnitude.eq(number(infinity)).choose(number(infinite), number(normal))),
        );
    const quiet = magnitude.and(1n << (fraction - 1n)).ne(number(0));
    const ofNaN = quiet.choose(number(1 << 9), number(1 << 8));
    const signed = isNegative.choose(byMagnitude(8, 4, 2, 1), byMagnitude(16, 32, 64, 128));
    return lanes(magnitude.gtS(number(infinity)).choose(ofNaN, signed) as Val);
  };

  return { convert, toInteger, fromInteger, classify };
}
