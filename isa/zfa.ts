/** Zfa: more floating-point instructions, for every format (unprivileged specification, "Zfa" chapter). */
import { fliBits, fliNumbers } from './fli.js';
import { double, type Format, half, opFp, single } from './floating-point.js';
import { extension, plain, row } from './rows.js';
import type { Instruction } from './types.js';
import type { Scalar, Value } from './vocabulary.js';

/** Where exponent and fraction lie in the upper 32 bits of a number, or in all of its bits. */
const layouts = {
  f16: { fraction: 10, largestExponent: 15 },
  f32: { fraction: 23, largestExponent: 127 },
  f64: { fraction: 20, largestExponent: 1023 },
} as const;

/** The constant of a number from 0 to 31, by its bits from the highest down. */
function constant(index: Value, constants: readonly number[]): Value | number {
  if (constants.length === 1) return constants[0]!;
  const middle = constants.length / 2;
  return index
    .and(middle)
    .choose(constant(index, constants.slice(middle)), constant(index, constants.slice(0, middle)));
}

function loadImmediate(o: Scalar, { shape, bits }: Format): void {
  const index = o.keep(o.imm.to('i32', false));
  const upper = constant(
    index,
    fliNumbers.map((_, k) => fliBits(k, layouts[shape])),
  ) as Value;
  o.fd.set((bits === 'i64' ? upper.to(bits, false).shl(32) : upper.to(bits, false)).as(shape));
}

/** The rows of a format; what it requires besides Zfa, and what fli does. */
function rowsOf(format: Format, requires: readonly string[], requiredByFli = requires): Instruction[] {
  const { suffix, shape, name } = format;
  const choice = (operation: 'minimum' | 'maximum', mnemonic: string, funct3: number, doc: string) =>
    row(
      `${mnemonic}.${suffix}`,
      4,
      opFp(0b00101, format, 0, funct3),
      'fd, fs1, fs2',
      plain((o) => o.fd.set(o.float[operation](o.f('fs1', shape), o.f('fs2', shape)))),
      doc,
      requires,
    );
  const round = (mnemonic: string, which: number, inexact: 'told' | 'untold', doc: string) =>
    row(
      `${mnemonic}.${suffix}`,
      4,
      opFp(0b01000, format, which),
      'fd, fs1, rm',
      plain((o) => o.fd.set(o.float.round(o.f('fs1', shape), inexact))),
      doc,
      requires,
    );
  const compare = (operation: 'ltQuiet' | 'leQuiet', mnemonic: string, funct3: number, doc: string) =>
    row(
      `${mnemonic}.${suffix}`,
      4,
      opFp(0b10100, format, 0, funct3),
      'rd, fs1, fs2',
      plain((o) => o.rd.set(o.float[operation](o.f('fs1', shape), o.f('fs2', shape)).to('i64', false))),
      doc,
      requires,
    );
  return [
    row(
      `fli.${suffix}`,
      4,
      opFp(0b11110, format, 1),
      'fd, fli5',
      plain((o) => loadImmediate(o, format)),
      `Load one of 32 numbers, ${name} precision.`,
      requiredByFli,
    ),
    choice('minimum', 'fminm', 0b010, `The smaller of two, ${name} precision; a NaN rather than a number.`),
    choice('maximum', 'fmaxm', 0b011, `The larger of two, ${name} precision; a NaN rather than a number.`),
    round('fround', 0b00100, 'untold', `Round a ${name} to an integer.`),
    round('froundnx', 0b00101, 'told', `Round a ${name} to an integer; inexact when that changes it.`),
    compare('leQuiet', 'fleq', 0b100, '1 if less or equal, else 0; quiet.'),
    compare('ltQuiet', 'fltq', 0b101, '1 if less, else 0; quiet.'),
  ];
}

export const Zfa = extension('Zfa', 'Additional floating-point instructions.', [
  ...rowsOf(single, []),
  ...rowsOf(double, ['D']),
  ...rowsOf(half, ['Zfh'], ['Zfh|Zvfh']),
  row(
    'fcvtmod.w.d',
    4,
    // The rounding mode is part of the encoding, and must be written.
    opFp(0b11000, double, 0b01000, 0b001),
    'rd, fs1, rtz',
    plain((o) => o.rd.set(o.float.toIntegerModular(o.f('fs1', 'f64')).to('i64', true))),
    'Convert a double to a 32-bit integer, modulo what that holds.',
    ['D'],
  ),
]);
