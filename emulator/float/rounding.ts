/** Rounding of exact numbers to a format, with its flags (IEEE 754-2019, sections 4.3 and 7). */
import { bitLength, type Exact, type Format, infinity, largest, maxExponent, minExponent, withSign } from './format.js';

/** Rounding modes by their number in rm and frm; `odd` is vfncvt.rod's and not encodable. */
export enum Rounding {
  /** To nearest, ties to even. */
  nearestEven = 0,
  towardsZero = 1,
  down = 2,
  up = 3,
  /** To nearest, ties away from zero. */
  nearestAway = 4,
  /** Towards zero, and the last bit becomes 1 when anything was lost. */
  odd = 5,
}

/** Bits of fflags. */
export const NX = 1;
export const UF = 2;
export const OF = 4;
export const DZ = 8;
export const NV = 16;

/** A bit pattern (or an integer) and the flags that its computation raised. */
export interface Result {
  readonly bits: bigint;
  readonly flags: number;
}

/** Drop the low `shift` bits of a magnitude, rounding it. */
export function shiftRounded(
  significand: bigint,
  shift: number,
  mode: Rounding,
  negative: boolean,
): { value: bigint; inexact: boolean } {
  if (shift <= 0) return { value: significand << BigInt(-shift), inexact: false };
  const unit = 1n << BigInt(shift);
  const value = significand >> BigInt(shift);
  const rest = significand & (unit - 1n);
  if (rest === 0n) return { value, inexact: false };
  const half = unit >> 1n;
  const away = {
    [Rounding.nearestEven]: rest > half || (rest === half && (value & 1n) === 1n),
    [Rounding.towardsZero]: false,
    [Rounding.down]: negative,
    [Rounding.up]: !negative,
    [Rounding.nearestAway]: rest >= half,
    [Rounding.odd]: (value & 1n) === 0n,
  }[mode];
  return { value: away ? value + 1n : value, inexact: true };
}

/**
 * The bit pattern nearest to an exact number in the mode's sense. A significand that only approximates (a quotient, a root) must have
 * at least two bits more than the format, the last of them set when anything follows.
 */
export function round(f: Format, mode: Rounding, { negative, significand, exponent }: Exact): Result {
  if (significand === 0n) return { bits: withSign(f, negative, 0n), flags: 0 };
  const leading = exponent + bitLength(significand) - 1;
  const quantum = Math.max(leading, minExponent(f)) - (f.precision - 1);
  const { value, inexact } = shiftRounded(significand, quantum - exponent, mode, negative);
  // A subnormal has no hidden bit and the field 0; a carry into the next binade increments the field by itself.
  const hidden = 1n << BigInt(f.precision - 1);
  const field = BigInt(quantum + f.precision - 1 + maxExponent(f) - 1);
  const packed = field * hidden + value;
  if (packed >= infinity(f)) {
    const toInfinity =
      mode === Rounding.nearestEven ||
      mode === Rounding.nearestAway ||
      mode === (negative ? Rounding.down : Rounding.up);
    return { bits: withSign(f, negative, toInfinity ? infinity(f) : largest(f)), flags: OF | NX };
  }
  const flags = inexact ? NX | (isTiny(f, mode, negative, significand, leading) ? UF : 0) : 0;
  return { bits: withSign(f, negative, packed), flags };
}

/** Tininess is detected after rounding: as if the exponent had no lower bound (unprivileged specification, "F" chapter). */
function isTiny(f: Format, mode: Rounding, negative: boolean, significand: bigint, leading: number): boolean {
  if (leading >= minExponent(f)) return false;
  if (leading < minExponent(f) - 1) return true;
  const { value } = shiftRounded(significand, bitLength(significand) - f.precision, mode, negative);
  return bitLength(value) === f.precision;
}
