/** Conversions between formats, and to and from integers (IEEE 754-2019, sections 5.4.1, 5.4.2 and 5.9; unprivileged specification, "F" chapter). */
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
import { NV, NX, type Result, Rounding, round, shiftRounded } from './rounding.js';

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

/** To an integer of 32 bits: of what does not fit, which is invalid, the low bits of the truncated number ("Zfa" chapter, fcvtmod.w.d). */
export function toIntegerModular(f: Format, a: bigint): Result {
  const { flags } = toInteger(f, Rounding.towardsZero, a, 32, true);
  if (isNan(f, a) || isInfinite(f, a)) return { bits: 0n, flags };
  const x = exact(f, a);
  const { value } = shiftRounded(x.significand, -x.exponent, Rounding.towardsZero, x.negative);
  return { bits: BigInt.asUintN(64, BigInt.asIntN(32, x.negative ? -value : value)), flags };
}

/** To the nearest integer in the mode's sense, as a number of the same format; `inexact` tells when that was another number. */
export function toIntegral(f: Format, mode: Rounding, a: bigint, inexact: boolean): Result {
  if (isNan(f, a)) return { bits: canonicalNaN(f), flags: isSignaling(f, a) ? NV : 0 };
  if (isInfinite(f, a)) return { bits: a, flags: 0 };
  const x = exact(f, a);
  if (x.exponent >= 0) return { bits: a, flags: 0 };
  const { value, inexact: changed } = shiftRounded(x.significand, -x.exponent, mode, x.negative);
  // An integer of no more bits than the format's: this rounds nothing.
  const { bits } = round(f, mode, { negative: x.negative, significand: value, exponent: 0 });
  return { bits, flags: inexact && changed ? NX : 0 };
}

/** From an integer of 64 bits, narrower ones extended by their signedness. */
export function fromInteger(f: Format, mode: Rounding, a: bigint, signed: boolean): Result {
  const integer = signed ? BigInt.asIntN(64, a) : BigInt.asUintN(64, a);
  const negative = integer < 0n;
  return round(f, mode, { negative, significand: negative ? -integer : integer, exponent: 0 });
}
