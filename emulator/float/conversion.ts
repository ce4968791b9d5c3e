/** Conversions between formats, and to and from integers (IEEE 754-2019, sections 5.4.1 and 5.4.2; unprivileged specification, "F" chapter). */
import {
  canonicalNaN,
  exact,
  type Format,
  infinity,
  isInfinite,
  isNan,
  isNegative,
  isSignaling,
  withSign,
} from './format.js';
import { NV, NX, type Result, type Rounding, round, shiftRounded } from './rounding.js';

/** From one format to another. */
export function convert(from: Format, to: Format, mode: Rounding, a: bigint): Result {
  if (isNan(from, a)) return { bits: canonicalNaN(to), flags: isSignaling(from, a) ? NV : 0 };
  if (isInfinite(from, a)) return { bits: withSign(to, isNegative(from, a), infinity(to)), flags: 0 };
  return round(to, mode, exact(from, a));
}

/**
 * To an integer of 8 to 64 bits, saturating and invalid where it does not fit; a NaN counts as larger than all.
 * @returns the integer as 64 bits, extended by its signedness
 */
export function toInteger(f: Format, mode: Rounding, a: bigint, bits: number, signed: boolean): Result {
  const most = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  const least = signed ? -most - 1n : 0n;
  const result = (value: bigint, flags: number): Result => ({ bits: BigInt.asUintN(64, value), flags });
  if (isNan(f, a)) return result(most, NV);
  if (isInfinite(f, a)) return result(isNegative(f, a) ? least : most, NV);
  const x = exact(f, a);
  const { value, inexact } = shiftRounded(x.significand, -x.exponent, mode, x.negative);
  const integer = x.negative ? -value : value;
  if (integer > most) return result(most, NV);
  if (integer < least) return result(least, NV);
  return result(integer, inexact ? NX : 0);
}

/** From an integer of 64 bits, narrower ones extended by their signedness. */
export function fromInteger(f: Format, mode: Rounding, a: bigint, signed: boolean): Result {
  const integer = signed ? BigInt.asIntN(64, a) : BigInt.asUintN(64, a);
  const negative = integer < 0n;
  return round(f, mode, { negative, significand: negative ? -integer : integer, exponent: 0 });
}
