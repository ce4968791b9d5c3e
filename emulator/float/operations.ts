/** Every operation by name and by number: what the engine asks its host for. */
import { add, div, fma, mul, sqrt, sub } from './arithmetic.js';
import { classify, eq, le, leQuiet, lt, ltQuiet, max, maximum, min, minimum } from './comparison.js';
import { convert, fromInteger, toInteger, toIntegerModular, toIntegral } from './conversion.js';
import { recip7, rsqrt7 } from './estimate.js';
import { bf16, type Format, f16, f32, f64 } from './format.js';
import type { Result, Rounding } from './rounding.js';

type Run = (mode: Rounding, a: bigint, b: bigint, c: bigint) => Result;

/** `round` and `roundnx`: to an integer of the same format, without and with NX. */
const rounded = {
  add,
  sub,
  mul,
  div,
  sqrt,
  fma,
  recip7,
  round: (f: Format, mode: Rounding, a: bigint) => toIntegral(f, mode, a, false),
  roundnx: (f: Format, mode: Rounding, a: bigint) => toIntegral(f, mode, a, true),
} as const;
const unrounded = { min, max, minimum, maximum, eq, lt, le, ltQuiet, leQuiet, classify, rsqrt7 } as const;
/** The formats that are computed with. */
const formats = { f16, f32, f64 } as const;
/** All formats; numbers of the others are only converted. */
const storage = { ...formats, bf16 } as const;
const integers = { i8: 8, i16: 16, i32: 32, i64: 64 } as const;
/** Which formats each is converted to. */
const conversions = { f16: ['f32', 'f64'], f32: ['f16', 'f64', 'bf16'], f64: ['f16', 'f32'], bf16: ['f32'] } as const;
type FormatName = keyof typeof formats;
type IntegerName = keyof typeof integers;
type Signedness = 's' | 'u';

export type OperationName =
  | `${keyof typeof rounded | keyof typeof unrounded} ${FormatName}`
  | `${keyof typeof storage} to ${keyof typeof storage}`
  | `${FormatName} to ${IntegerName} ${Signedness}`
  | `i64 ${Signedness} to ${FormatName}`
  | 'f64 modulo i32';

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
  return [...arithmetic, ...others, ...toIntegers, ...fromIntegers];
}

const list: [OperationName, Run][] = [
  ...keys(formats).flatMap((name) => ofFormat(name, formats[name])),
  ...keys(conversions).flatMap((from) =>
    conversions[from].map((to): [OperationName, Run] => [
      `${from} to ${to}`,
      (mode, a) => convert(storage[from], storage[to], mode, a),
    ]),
  ),
  ['f64 modulo i32', (_, a) => toIntegerModular(f64, a)],
];
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
