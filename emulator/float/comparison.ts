/** Comparisons, minimum and maximum, classes (IEEE 754-2019, sections 5.10, 5.11 and 9.6; unprivileged specification, "F" and "Zfa" chapters). */
import { nanOf } from './arithmetic.js';
import {
  canonicalNaN,
  type Format,
  isInfinite,
  isNan,
  isNegative,
  isSignaling,
  isSubnormal,
  isZero,
  magnitude,
} from './format.js';
import { NV, type Result } from './rounding.js';

const truth = (yes: boolean, flags = 0): Result => ({ bits: yes ? 1n : 0n, flags });

/** A number's place in order; both zeros are 0. */
const order = (f: Format, bits: bigint) => (isNegative(f, bits) ? -magnitude(f, bits) : magnitude(f, bits));

const anySignaling = (f: Format, a: bigint, b: bigint) => (isSignaling(f, a) || isSignaling(f, b) ? NV : 0);
const anyNan = (f: Format, a: bigint, b: bigint) => isNan(f, a) || isNan(f, b);

/** Quiet: only a signaling NaN is invalid. */
export const eq = (f: Format, a: bigint, b: bigint): Result =>
  truth(!anyNan(f, a, b) && order(f, a) === order(f, b), anySignaling(f, a, b));

/** Signaling: any NaN is invalid. */
export const lt = (f: Format, a: bigint, b: bigint): Result =>
  anyNan(f, a, b) ? truth(false, NV) : truth(order(f, a) < order(f, b));
export const le = (f: Format, a: bigint, b: bigint): Result =>
  anyNan(f, a, b) ? truth(false, NV) : truth(order(f, a) <= order(f, b));

/** The same without that: only a signaling NaN is invalid ("Zfa" chapter). */
export const ltQuiet = (f: Format, a: bigint, b: bigint): Result =>
  truth(!anyNan(f, a, b) && order(f, a) < order(f, b), anySignaling(f, a, b));
export const leQuiet = (f: Format, a: bigint, b: bigint): Result =>
  truth(!anyNan(f, a, b) && order(f, a) <= order(f, b), anySignaling(f, a, b));

/** minimumNumber: a number rather than a NaN, -0 before +0. */
export const min = (f: Format, a: bigint, b: bigint): Result => extreme(f, a, b, true);
export const max = (f: Format, a: bigint, b: bigint): Result => extreme(f, a, b, false);

/** minimum: a NaN rather than a number ("Zfa" chapter). */
export const minimum = (f: Format, a: bigint, b: bigint): Result => nanOf(f, a, b) ?? min(f, a, b);
export const maximum = (f: Format, a: bigint, b: bigint): Result => nanOf(f, a, b) ?? max(f, a, b);

function extreme(f: Format, a: bigint, b: bigint, smaller: boolean): Result {
  const flags = anySignaling(f, a, b);
  if (isNan(f, a)) return { bits: isNan(f, b) ? canonicalNaN(f) : b, flags };
  if (isNan(f, b)) return { bits: a, flags };
  const equal = order(f, a) === order(f, b);
  const aIsSmaller = equal ? isNegative(f, a) : order(f, a) < order(f, b);
  return { bits: aIsSmaller === smaller ? a : b, flags };
}

/** fclass's mask of ten bits. */
export function classify(f: Format, a: bigint): Result {
  const negative = isNegative(f, a);
  let bit: number;
  if (isNan(f, a)) bit = isSignaling(f, a) ? 8 : 9;
  else if (isInfinite(f, a)) bit = negative ? 0 : 7;
  else if (isZero(f, a)) bit = negative ? 3 : 4;
  else if (isSubnormal(f, a)) bit = negative ? 2 : 5;
  else bit = negative ? 1 : 6;
  return { bits: 1n << BigInt(bit), flags: 0 };
}
