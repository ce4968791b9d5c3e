/** Binary floating-point formats and the numbers in them (IEEE 754-2019, section 3). All bit patterns are unsigned bigints. */

export interface Format {
  /** Bits of the exponent field. */
  readonly exponentBits: number;
  /** Bits of the significand, the hidden one included: the precision. */
  readonly precision: number;
}

export const f16: Format = { exponentBits: 5, precision: 11 };
/** The upper half of an f32: its exponents with less precision. */
export const bf16: Format = { exponentBits: 8, precision: 8 };
export const f32: Format = { exponentBits: 8, precision: 24 };
export const f64: Format = { exponentBits: 11, precision: 53 };

export const widthOf = (f: Format) => f.exponentBits + f.precision;
/** The largest exponent; also the bias. */
export const maxExponent = (f: Format) => 2 ** (f.exponentBits - 1) - 1;
export const minExponent = (f: Format) => 1 - maxExponent(f);

export const signBit = (f: Format) => 1n << BigInt(widthOf(f) - 1);
const fractionBits = (f: Format) => BigInt(f.precision - 1);
export const infinity = (f: Format) => ((1n << BigInt(f.exponentBits)) - 1n) << fractionBits(f);
const quietBit = (f: Format) => 1n << (fractionBits(f) - 1n);
/** The NaN that every operation gives (unprivileged specification, "NaN Generation and Propagation"). */
export const canonicalNaN = (f: Format) => infinity(f) | quietBit(f);
export const largest = (f: Format) => infinity(f) - 1n;

export const magnitude = (f: Format, bits: bigint) => bits & (signBit(f) - 1n);
export const isNegative = (f: Format, bits: bigint) => (bits & signBit(f)) !== 0n;
export const isNan = (f: Format, bits: bigint) => magnitude(f, bits) > infinity(f);
export const isSignaling = (f: Format, bits: bigint) => isNan(f, bits) && (bits & quietBit(f)) === 0n;
export const isInfinite = (f: Format, bits: bigint) => magnitude(f, bits) === infinity(f);
export const isZero = (f: Format, bits: bigint) => magnitude(f, bits) === 0n;
export const isSubnormal = (f: Format, bits: bigint) =>
  !isZero(f, bits) && magnitude(f, bits) >> fractionBits(f) === 0n;
export const negate = (f: Format, bits: bigint) => bits ^ signBit(f);
export const withSign = (f: Format, negative: boolean, bits: bigint) => (negative ? bits | signBit(f) : bits);

/** A finite number, exactly: significand * 2 ** exponent, negated where it says so. */
export interface Exact {
  readonly negative: boolean;
  readonly significand: bigint;
  readonly exponent: number;
}

/** What a finite bit pattern stands for. */
export function exact(f: Format, bits: bigint): Exact {
  const m = magnitude(f, bits);
  const field = Number(m >> fractionBits(f));
  const fraction = m & ((1n << fractionBits(f)) - 1n);
  return {
    negative: isNegative(f, bits),
    significand: field ? fraction | (1n << fractionBits(f)) : fraction,
    exponent: Math.max(field, 1) - maxExponent(f) - (f.precision - 1),
  };
}

/** Number of bits up to the leading one; 0 for 0. */
export const bitLength = (n: bigint) => (n === 0n ? 0 : n.toString(2).length);
