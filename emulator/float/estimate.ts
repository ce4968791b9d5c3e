/**
 * Estimates to seven bits (vector specification, "Vector Floating-Point Reciprocal Square-Root Estimate Instruction" and "… Reciprocal
 * Estimate Instruction"). The tables are what they are meant to be: the nearest seven-bit result at the middle of each interval.
 */
import {
  bitLength,
  canonicalNaN,
  exact,
  type Format,
  infinity,
  isInfinite,
  isNan,
  isNegative,
  isSignaling,
  isZero,
  largest,
  maxExponent,
  minExponent,
  withSign,
} from './format.js';
import { DZ, NV, NX, OF, type Result, Rounding } from './rounding.js';

/** Seven fraction bits of 1 / x, which lies in (1/2, 1], from seven of x in [1, 2). */
const reciprocals = Array.from({ length: 128 }, (_, n) => Math.round(256 / (1 + (n + 0.5) / 128)) - 128);
/** Seven fraction bits of 1 / sqrt(x), which lies in (1/2, 1], from six of x in [1, 2), and then of x in [2, 4). */
const roots = [1, 2].map((from) =>
  Array.from({ length: 64 }, (_, n) => Math.round(256 / Math.sqrt(from * (1 + (n + 0.5) / 64))) - 128),
);

/** Exponent of the leading bit, and the first `bits` fraction bits behind it. */
function leading(f: Format, a: bigint, bits: number): { exponent: number; index: number } {
  const { significand, exponent } = exact(f, a);
  const length = bitLength(significand);
  const aligned = significand << BigInt(f.precision - length);
  const index = Number(aligned >> BigInt(f.precision - 1 - bits)) & (2 ** bits - 1);
  return { exponent: exponent + length - 1, index };
}

/** The bit pattern of 1.fraction (seven bits) times two to the exponent; below the smallest exponent bits are cut off. */
function assemble(f: Format, negative: boolean, fraction: number, exponent: number): bigint {
  const significand = BigInt(128 + fraction) << BigInt(f.precision - 8);
  const below = minExponent(f) - exponent;
  const bits =
    below > 0
      ? significand >> BigInt(below)
      : (BigInt(exponent + maxExponent(f) - 1) << BigInt(f.precision - 1)) + significand;
  return withSign(f, negative, bits);
}

const nan = (f: Format, a: bigint): Result => ({ bits: canonicalNaN(f), flags: isSignaling(f, a) ? NV : 0 });

/** vfrec7: about 1 / a. The rounding mode decides only what becomes of overflow. */
export function recip7(f: Format, mode: Rounding, a: bigint): Result {
  if (isNan(f, a)) return nan(f, a);
  const negative = isNegative(f, a);
  if (isInfinite(f, a)) return { bits: withSign(f, negative, 0n), flags: 0 };
  if (isZero(f, a)) return { bits: withSign(f, negative, infinity(f)), flags: DZ };
  const { exponent, index } = leading(f, a, 7);
  if (-exponent - 1 > maxExponent(f)) {
    const toLargest = mode === Rounding.towardsZero || mode === (negative ? Rounding.up : Rounding.down);
    return { bits: withSign(f, negative, toLargest ? largest(f) : infinity(f)), flags: OF | NX };
  }
  return { bits: assemble(f, negative, reciprocals[index]!, -exponent - 1), flags: 0 };
}

/** vfrsqrt7: about 1 / sqrt(a). */
export function rsqrt7(f: Format, a: bigint): Result {
  if (isNan(f, a)) return nan(f, a);
  if (isZero(f, a)) return { bits: withSign(f, isNegative(f, a), infinity(f)), flags: DZ };
  if (isNegative(f, a)) return { bits: canonicalNaN(f), flags: NV };
  if (isInfinite(f, a)) return { bits: 0n, flags: 0 };
  const { exponent, index } = leading(f, a, 6);
  const odd = exponent & 1;
  return { bits: assemble(f, false, roots[odd]![index]!, -(exponent - odd) / 2 - 1), flags: 0 };
}
