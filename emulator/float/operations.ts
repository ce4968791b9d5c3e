/** Every operation by name and by number: what the engine asks its host for. */
import { add, div, fma, mul, sqrt, sub } from './arithmetic.js';
import { classify, eq, le, lt, max, min } from './comparison.js';
import { convert, fromInteger, toInteger } from './conversion.js';
import { recip7, rsqrt7 } from './estimate.js';
import { type Format, f32, f64 } from './format.js';
import type { Result, Rounding } from './rounding.js';

type Run = (mode: Rounding, a: bigint, b: bigint, c: bigint) => Result;

const rounded = { add, sub, mul, div, sqrt, fma, recip7 } as const;
const unrounded = { min, max, eq, lt, le, classify, rsqrt7 } as const;
const formats = { f32, f64 } as const;
const integers = { i8: 8, i16: 16, i32: 32, i64: 64 } as const;
type FormatName = keyof typeof formats;
type IntegerName = keyof typeof integers;
type Signedness = 's' | 'u';

export type OperationName =
  | `${keyof typeof rounded | keyof typeof unrounded} ${FormatName}`
  | `${FormatName} to ${FormatName}`
  | `${FormatName} to ${IntegerName} ${Signedness}`
  | `i64 ${Signedness} to ${FormatName}`;

const keys = <T extends object>(o: T) => Object.keys(o) as (keyof T)[];

function ofFormat(name: FormatName, f: Format): [OperationName, Run][] {
  const arithmetic = keys(rounded).map((op): [OperationName, Run] => [
    `${op} ${name}`,
    (mode, a, b, c) => rounded[op](f, mode, a, b, c),
  ]);
  const others = keys(unrounded).map((op): [OperationName, Run] => [
    `${op} ${name}`,
    (_, a, b) => unrounded[op](f, a, b),
  ]);
  const formatsTo = Object.entries(formats).map(([to, format]): [OperationName, Run] => [
    `${name} to ${to as FormatName}`,
    (mode, a) => convert(f, format, mode, a),
  ]);
  const signs = ['s', 'u'] as const;
  const toIntegers = Object.entries(integers).flatMap(([to, bits]) =>
    signs.map((s): [OperationName, Run] => [
      `${name} to ${to as IntegerName} ${s}`,
      (mode, a) => toInteger(f, mode, a, bits, s === 's'),
    ]),
  );
  const fromIntegers = signs.map((s): [OperationName, Run] => [
    `i64 ${s} to ${name}`,
    (mode, a) => fromInteger(f, mode, a, s === 's'),
  ]);
  return [...arithmetic, ...others, ...formatsTo, ...toIntegers, ...fromIntegers];
}

const list = Object.entries(formats).flatMap(([name, f]) => ofFormat(name as FormatName, f));
const numbers = new Map(list.map(([name], n) => [name, n]));

/** All names, by number. */
export const operationNames: readonly OperationName[] = list.map(([name]) => name);

/** Bits by which the rounding mode is shifted in an operation's code; below it is the number. */
export const MODE_SHIFT = 8;

/** The number of an operation. */
export const operationNumber = (name: OperationName): number => numbers.get(name)!;

/**
 * One operation on bit patterns, in the low bits of each operand; what lies above a format's width must be zero.
 * @param code number of the operation, rounding mode above it
 */
export function perform(code: number, a: bigint, b: bigint, c: bigint): Result {
  return list[code & (2 ** MODE_SHIFT - 1)]![1]((code >> MODE_SHIFT) as Rounding, a, b, c);
}
