/** Arithmetic with one rounding (IEEE 754-2019, section 5.4), exact in every mode. */
import {
  bitLength,
  canonicalNaN,
  type Exact,
  exact,
  type Format,
  infinity,
  isInfinite,
  isNan,
  isNegative,
  isSignaling,
  isZero,
  negate,
  withSign,
} from './format.js';
import { DZ, NV, type Result, Rounding, round } from './rounding.js';

/** The answer when an operand is a NaN: the canonical one, invalid if any signals. Undefined when none is. */
export function nanOf(f: Format, ...operands: bigint[]): Result | undefined {
  if (!operands.some((x) => isNan(f, x))) return undefined;
  return { bits: canonicalNaN(f), flags: operands.some((x) => isSignaling(f, x)) ? NV : 0 };
}

const invalid = (f: Format): Result => ({ bits: canonicalNaN(f), flags: NV });
const infinite = (f: Format, negative: boolean): Result => ({ bits: withSign(f, negative, infinity(f)), flags: 0 });

/** Sum of exact numbers. An exact zero from unlike signs is +0, or -0 when rounding down. */
function sum(mode: Rounding, a: Exact, b: Exact): Exact {
  const exponent = Math.min(a.exponent, b.exponent);
  const term = (x: Exact) => (x.negative ? -x.significand : x.significand) << BigInt(x.exponent - exponent);
  const total = term(a) + term(b);
  if (total !== 0n) return { negative: total < 0n, significand: total < 0n ? -total : total, exponent };
  return { negative: a.negative === b.negative ? a.negative : mode === Rounding.down, significand: 0n, exponent };
}

export function add(f: Format, mode: Rounding, a: bigint, b: bigint): Result {
  const nan = nanOf(f, a, b);
  if (nan) return nan;
  if (isInfinite(f, a)) {
    return isInfinite(f, b) && isNegative(f, a) !== isNegative(f, b) ? invalid(f) : { bits: a, flags: 0 };
  }
  if (isInfinite(f, b)) return { bits: b, flags: 0 };
  return round(f, mode, sum(mode, exact(f, a), exact(f, b)));
}

export const sub = (f: Format, mode: Rounding, a: bigint, b: bigint): Result => add(f, mode, a, negate(f, b));

const product = (a: Exact, b: Exact): Exact => ({
  negative: a.negative !== b.negative,
  significand: a.significand * b.significand,
  exponent: a.exponent + b.exponent,
});

/** Infinity times zero. */
const isUndefinedProduct = (f: Format, a: bigint, b: bigint) =>
  (isInfinite(f, a) && isZero(f, b)) || (isZero(f, a) && isInfinite(f, b));

export function mul(f: Format, mode: Rounding, a: bigint, b: bigint): Result {
  const nan = nanOf(f, a, b);
  if (nan) return nan;
  if (isUndefinedProduct(f, a, b)) return invalid(f);
  if (isInfinite(f, a) || isInfinite(f, b)) return infinite(f, isNegative(f, a) !== isNegative(f, b));
  return round(f, mode, product(exact(f, a), exact(f, b)));
}

/** a * b + c. Infinity times zero is invalid even when c is a quiet NaN. */
export function fma(f: Format, mode: Rounding, a: bigint, b: bigint, c: bigint): Result {
  if (isUndefinedProduct(f, a, b)) return invalid(f);
  const nan = nanOf(f, a, b, c);
  if (nan) return nan;
  if (isInfinite(f, a) || isInfinite(f, b)) {
    const negative = isNegative(f, a) !== isNegative(f, b);
    return isInfinite(f, c) && isNegative(f, c) !== negative ? invalid(f) : infinite(f, negative);
  }
  if (isInfinite(f, c)) return { bits: c, flags: 0 };
  return round(f, mode, sum(mode, product(exact(f, a), exact(f, b)), exact(f, c)));
}

/** The last bit of an approximation: set when anything was cut off. */
const sticky = (significand: bigint, isExact: boolean) => (significand << 1n) | (isExact ? 0n : 1n);

export function div(f: Format, mode: Rounding, a: bigint, b: bigint): Result {
  const nan = nanOf(f, a, b);
  if (nan) return nan;
  const negative = isNegative(f, a) !== isNegative(f, b);
  if (isInfinite(f, a)) return isInfinite(f, b) ? invalid(f) : infinite(f, negative);
  if (isInfinite(f, b)) return { bits: withSign(f, negative, 0n), flags: 0 };
  if (isZero(f, b)) return isZero(f, a) ? invalid(f) : { ...infinite(f, negative), flags: DZ };
  const [x, y] = [exact(f, a), exact(f, b)];
  const shift = f.precision + 2 + bitLength(y.significand);
  const dividend = x.significand << BigInt(shift);
  return round(f, mode, {
    negative,
    significand: sticky(dividend / y.significand, dividend % y.significand === 0n),
    exponent: x.exponent - y.exponent - shift - 1,
  });
}

export function sqrt(f: Format, mode: Rounding, a: bigint): Result {
  const nan = nanOf(f, a);
  if (nan) return nan;
  if (isZero(f, a)) return { bits: a, flags: 0 };
  if (isNegative(f, a)) return invalid(f);
  if (isInfinite(f, a)) return { bits: a, flags: 0 };
  const x = exact(f, a);
  const shift = 2 * f.precision + 4 + (x.exponent & 1);
  const square = x.significand << BigInt(shift);
  const root = integerRoot(square);
  return round(f, mode, {
    negative: false,
    significand: sticky(root, root * root === square),
    exponent: (x.exponent - shift) / 2 - 1,
  });
}

/** The largest integer whose square is not above n, by Newton's method from above. */
function integerRoot(n: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(bitLength(n) / 2));
  for (;;) {
    const better = (root + n / root) >> 1n;
    if (better >= root) return root;
    root = better;
  }
}
