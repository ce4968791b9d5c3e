/**
 * Exact tools of floating-point computation: what a rounded sum or product lost. All assume rounding to nearest even and
 * operands for which nothing overflows or is lost below the smallest number; see where they are used.
 */
import type { Code } from '../wasm/code.js';
import { constant, kept, Val } from '../wasm/value.js';

/** The error of a sum s of a and b, exactly (Knuth's two-sum). */
export function twoSum(c: Code, a: Val, b: Val, s: Val): Val {
  const bPart = kept(c, s.sub(a));
  return a.sub(s.sub(bPart)).add(b.sub(bPart));
}

/** The error of a product p of two f64, exactly (Dekker's two-product, with Veltkamp's splitting). */
export function twoProduct(c: Code, a: Val, b: Val, p: Val): Val {
  const split = (x: Val) => {
    const scaled = kept(c, x.mul(constant('f64', 2 ** 27 + 1)));
    const high = kept(c, scaled.sub(scaled.sub(x)));
    return { high, low: kept(c, x.sub(high)) };
  };
  const x = split(a);
  const y = split(b);
  return x.high.mul(y.high).sub(p).add(x.high.mul(y.low)).add(x.low.mul(y.high)).add(x.low.mul(y.low));
}

/**
 * Is x * y exactly p? Normal f64 numbers, p within a unit in the last place of the product: then the integer product of the significands
 * and p's significand, shifted to the same place, differ by less than 2^64 and can be compared modulo that.
 */
export function isExactProduct(c: Code, x: Val, y: Val, p: Val): Val {
  const fraction = (1n << 52n) - 1n;
  const significand = (v: Val) =>
    v
      .as('i64')
      .and(fraction)
      .or(fraction + 1n);
  const exponent = (v: Val) => v.as('i64').shrU(52).and(0x7ff);
  const shift = exponent(p)
    .sub(exponent(x))
    .sub(exponent(y))
    .add(1023 + 52);
  return kept(c, significand(x).mul(significand(y)).eq(significand(p).shl(shift)));
}

/** The f64 `sum`, which an error follows, rounded to odd instead: its last bit set when the error is not zero. */
export function toOdd(c: Code, sum: Val, error: Val): Val {
  const bits = kept(c, sum.as('i64'));
  const away = bits.xor(error.as('i64')).shrS(63).or(1); // the error's sign against the sum's: 1 or -1
  const adjust = error.ne(0).and(bits.to('i32', false).and(1).eq(0));
  return adjust.choose(bits.add(away), bits).as('f64');
}

const pair = (f32: number, f64: number) => (a: Val, b: Val) =>
  new Val(a.shape, (c) => {
    a.emit(c);
    b.emit(c);
    c.op(a.shape === 'f32' ? f32 : f64);
  });

/** The platform's own minimum and maximum, and the first operand with the second one's sign. */
export const minimum = pair(0x96, 0xa4);
export const maximum = pair(0x97, 0xa5);
export const copySign = pair(0x98, 0xa6);
