/**
 * Numbers of 16 bits, which the platform does not know: made f64, computed there, and rounded to their format once, in every mode.
 *
 * Why that is one rounding. A sum of two f16 (multiples of 2^-24 below 2^17) and a product (22 bits) are exact in f64. A product plus a
 * third number is rounded to odd there, which a later rounding to 51 bits or fewer does not see. A quotient or root that f64 does
 * not hold is further from every number of 12 bits (an f16, or the middle of two) than f64's rounding can move it: m times b
 * differs from a by at least 2^-23 of itself, m squared from a by 2^-24. What is subnormal goes to the host.
 */
import { bf16, type Format, f16, infinity, maxExponent, minExponent } from '../float/format.js';
import { Rounding } from '../float/rounding.js';
import type { Code } from '../wasm/code.js';
import type { Module } from '../wasm/module.js';
import { call, constant, get, i32, i64, kept, type Val } from '../wasm/value.js';
import { toOdd, twoSum } from './float-exact.js';
import { type Fast, type FastPlace, hart, raiseInexact } from './float-flags.js';

const formats = { f16, bf16 } as const;
export type HalfShape = keyof typeof formats;

const DOUBLE_BIAS = 1023;
const DOUBLE_INFINITY = 0x7ffn << 52n;
/** Bits of an f64's fraction that the format lacks. */
const lacking = (f: Format) => 53 - f.precision;

/** The functions of a format, by their index in the module. */
interface Functions {
  /** Bits → the same number as f64; a NaN as some NaN. */
  readonly widen: number;
  /** (hart block, mode, f64) → its bits once rounded, with NX where it is due; -1: subnormal, too large or no number, nothing is done. */
  readonly narrow: number;
}

function widen(c: Code, f: Format): void {
  const bits = get(0, 'i32');
  const magnitude = kept(c, bits.and(0x7fff));
  const field = kept(c, magnitude.to('i64', false).shl(lacking(f)));
  // The exponent stands for less by the difference of the biases, in a subnormal too: multiplying is exact.
  const number = field.as('f64').mul(constant('f64', 2 ** (DOUBLE_BIAS - maxExponent(f))));
  const beyond = field.or(DOUBLE_INFINITY).as('f64');
  const sign = bits.and(0x8000).to('i64', false).shl(48);
  const value = magnitude.geU(Number(infinity(f))).choose(beyond, number) as Val;
  value.as('i64').or(sign).as('f64').emit(c);
}

function narrow(c: Code, f: Format): void {
  const mode = get(1, 'i32');
  const bits = kept(c, get(2, 'f64').as('i64'));
  const sign = kept(c, bits.shrU(63).to('i32', false));
  const exponent = bits.shrU(52).and(0x7ff).to('i32', false).sub(DOUBLE_BIAS);
  const signed = (magnitude: Val) => magnitude.or(sign.shl(15));
  c.if(exponent.sub(minExponent(f)).leU(maxExponent(f) - minExponent(f)), () => {
    // The format's own exponent above f64's fraction: a carry out of the fraction goes there by itself.
    const field = kept(c, bits.and((1n << 63n) - 1n).sub(BigInt(DOUBLE_BIAS - maxExponent(f)) << 52n));
    const unit = 1n << BigInt(lacking(f));
    const rest = field.and(unit - 1n);
    const toEven = field
      .shrU(lacking(f))
      .and(1)
      .add(unit / 2n - 1n);
    const away = mode.eq(i32(Rounding.up).sub(sign)).choose(i64(unit - 1n), i64(0));
    const added = mode.eq(Rounding.nearestEven).choose(toEven, mode.eq(Rounding.nearestAway).choose(unit / 2n, away));
    const odd = mode.eq(Rounding.odd).and(rest.ne(0));
    const rounded = kept(c, field.add(added).shrU(lacking(f)).to('i32', false).or(odd));
    c.if(rounded.ltU(Number(infinity(f))), () => {
      raiseInexact(c, rest.ne(0));
      c.return(signed(rounded));
    });
  });
  c.if(get(2, 'f64').eq(0), () => c.return(signed(i32(0))));
  i32(-1).emit(c);
}

/** What the operations of 16-bit formats are made of. */
export class Halves {
  private readonly functions: Record<HalfShape, Functions>;

  constructor(m: Module) {
    const define = (name: HalfShape): Functions => ({
      widen: m.function(`${name} as f64`, ['i32'], ['f64'], (c) => widen(c, formats[name])),
      narrow: m.function(`f64 rounded to ${name}`, ['i32', 'i32', 'f64'], ['i32'], (c) => narrow(c, formats[name])),
    });
    this.functions = { f16: define('f16'), bf16: define('bf16') };
  }

  /** The number as f64; a NaN as some NaN. */
  widened(a: Val): Val {
    return call(this.functions[a.shape as HalfShape].widen, 'f64', a.as('i32'));
  }

  /** Give an f64 rounded to a format, if that is certain. */
  private giveRounded({ c, mode, give }: FastPlace, value: Val, to: HalfShape): void {
    const bits = kept(c, call(this.functions[to].narrow, 'i32', hart, mode, value));
    c.if(bits.geS(0), () => give(bits));
  }

  /**
   * An operation on f16, computed in f64, where a result that is a number has no flag but NX. A zero may have another sign when rounding down;
   * NaNs and infinities of any origin are the host's.
   */
  private computed(compute: (c: Code, ...wide: Val[]) => Val): Fast {
    return (at, ...operands) => {
      const { c, mode } = at;
      const result = kept(c, compute(c, ...operands.map((x) => kept(c, this.widened(x)))));
      c.if(result.ne(0).or(mode.ne(Rounding.down)), () => this.giveRounded(at, result, 'f16'));
    };
  }

  readonly add = this.computed((_, a, b) => a!.add(b!));
  readonly mul = this.computed((_, a, b) => a!.mul(b!));
  readonly div = this.computed((_, a, b) => a!.divS(b!));
  readonly sqrt = this.computed((_, a) => a!.sqrt());
  readonly fma = this.computed((c, a, b, addend) => {
    const product = kept(c, a!.mul(b!));
    const sum = kept(c, product.add(addend!));
    return toOdd(c, sum, kept(c, twoSum(c, product, addend!, sum)));
  });

  /** From an f32 or f64. */
  from =
    (to: HalfShape): Fast =>
    (at, a) =>
      this.giveRounded(at, a!.shape === 'f32' ? a!.apply('f64', 0xbb) : a!, to);

  /** From an i64: an integer of more bits than f64 holds is too large in any case. */
  fromInteger =
    (signed: boolean): Fast =>
    (at, a) =>
      this.giveRounded(at, a!.apply('f64', signed ? 0xb9 : 0xba), 'f16');

  /** To an f32 or f64, which hold every number of 16 bits. */
  to =
    (shape: 'f32' | 'f64'): Fast =>
    ({ c, give }, a) => {
      const wide = kept(c, this.widened(a!));
      c.if(wide.eq(wide), () => give(shape === 'f32' ? wide.apply('f32', 0xb6) : wide));
    };
}
