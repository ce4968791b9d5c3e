/** The instructions that every floating-point format has (unprivileged specification, "F", "D" and "Zfh" chapters): stated once, for all of them. */
import type { OperandName } from './operands.js';
import { LOAD_FP, MADD, MSUB, NMADD, NMSUB, OP_FP, plain, row, STORE_FP } from './rows.js';
import type { Instruction } from './types.js';
import type { Float, FloatElement, Scalar, Value } from './vocabulary.js';

/** A format of floating-point numbers in f registers. */
export interface Format {
  /** The suffix of its instructions. */
  readonly suffix: 'h' | 's' | 'd';
  /** Its letter in loads, stores and moves between register files. */
  readonly size: 'h' | 'w' | 'd';
  /** Its number in the instruction's fmt field. */
  readonly fmt: number;
  readonly shape: Exclude<FloatElement, 'bf16'>;
  /** The integer of its width. */
  readonly bits: 'i16' | 'i32' | 'i64';
  /** funct3 of its loads and stores. */
  readonly width: number;
  readonly name: string;
}

export const half: Format = { suffix: 'h', size: 'h', fmt: 2, shape: 'f16', bits: 'i16', width: 0b001, name: 'half' };
export const single: Format = {
  suffix: 's',
  size: 'w',
  fmt: 0,
  shape: 'f32',
  bits: 'i32',
  width: 0b010,
  name: 'single',
};
export const double: Format = {
  suffix: 'd',
  size: 'd',
  fmt: 1,
  shape: 'f64',
  bits: 'i64',
  width: 0b011,
  name: 'double',
};

/** Integers of the conversions, with their number in the rs2 field. */
const integers = [
  { suffix: 'w', code: 0, shape: 'i32', signed: true, name: 'a 32-bit integer' },
  { suffix: 'wu', code: 1, shape: 'i32', signed: false, name: 'an unsigned 32-bit integer' },
  { suffix: 'l', code: 2, shape: 'i64', signed: true, name: 'a 64-bit integer' },
  { suffix: 'lu', code: 3, shape: 'i64', signed: false, name: 'an unsigned 64-bit integer' },
] as const;

/** Fixed bits of an OP-FP instruction. */
export const opFp = (funct5: number, { fmt }: Format, rs2 = 0, funct3 = 0) =>
  OP_FP | (funct5 << 27) | (fmt << 25) | (rs2 << 20) | (funct3 << 12);

/** The sign of an integer of the format's width. */
const sign = ({ bits }: Format) => ({ i16: 0x8000, i32: 0x80000000, i64: 1n << 63n })[bits];

/** The format's rows, in the order of the specification. */
export function formatRows(format: Format): Instruction[] {
  const { suffix, size, shape, bits, width, name } = format;
  const article = `a ${name}`;
  const f = (o: Scalar, operand: 'fs1' | 'fs2' | 'fs3') => o.f(operand, shape);

  const fused = (mnemonic: string, opcode: number, negateProduct: boolean, negateAddend: boolean, doc: string) =>
    row(
      `${mnemonic}.${suffix}`,
      4,
      opcode | (format.fmt << 25),
      'fd, fs1, fs2, fs3, rm',
      plain((o) => {
        const negated = (value: Value, yes: boolean) => (yes ? value.neg() : value);
        o.fd.set(o.float.fma(negated(f(o, 'fs1'), negateProduct), f(o, 'fs2'), negated(f(o, 'fs3'), negateAddend)));
      }),
      doc,
    );
  const arithmetic = (operation: 'add' | 'sub' | 'mul' | 'div', funct5: number, doc: string) =>
    row(
      `f${operation}.${suffix}`,
      4,
      opFp(funct5, format),
      'fd, fs1, fs2, rm',
      plain((o) => o.fd.set(o.float[operation](f(o, 'fs1'), f(o, 'fs2')))),
      doc,
    );
  const choice = (operation: 'min' | 'max', funct: number, doc: string) =>
    row(
      `f${operation}.${suffix}`,
      4,
      opFp(0b00101, format, 0, funct),
      'fd, fs1, fs2',
      plain((o) => o.fd.set(o.float[operation](f(o, 'fs1'), f(o, 'fs2')))),
      doc,
    );
  /** The first operand with a sign made of both signs. */
  const signInjection = (mnemonic: string, funct: number, newSign: (a: Value, b: Value) => Value, doc: string) =>
    row(
      `${mnemonic}.${suffix}`,
      4,
      opFp(0b00100, format, 0, funct),
      'fd, fs1, fs2',
      plain((o) => {
        const a = o.keep(f(o, 'fs1').as(bits));
        o.fd.set(
          a
            .and({ i16: 0x7fff, i32: 0x7fffffff, i64: (1n << 63n) - 1n }[bits])
            .or(newSign(a, f(o, 'fs2').as(bits)).and(sign(format)))
            .as(shape),
        );
      }),
      doc,
    );
  const compare = (operation: 'eq' | 'lt' | 'le', funct: number, doc: string) =>
    row(
      `f${operation}.${suffix}`,
      4,
      opFp(0b10100, format, 0, funct),
      'rd, fs1, fs2',
      plain((o) => o.rd.set((o.float[operation] satisfies Float['eq'])(f(o, 'fs1'), f(o, 'fs2')).to('i64', false))),
      doc,
    );

  return [
    row(
      `fl${size}`,
      4,
      LOAD_FP | (width << 12),
      'fd, imm12(rs1)',
      plain((o) => o.fd.set(o.memory.load(bits, o.rs1.add(o.imm)).as(shape))),
      `Load ${article}.`,
    ),
    row(
      `fs${size}`,
      4,
      STORE_FP | (width << 12),
      'fs2, store12(rs1)',
      plain((o) => o.memory.store(bits, o.rs1.add(o.imm), o.fbits('fs2'))),
      `Store ${article}.`,
    ),
    fused('fmadd', MADD, false, false, 'Multiply and add with one rounding: a * b + c.'),
    fused('fmsub', MSUB, false, true, 'Multiply and subtract with one rounding: a * b - c.'),
    fused('fnmsub', NMSUB, true, false, 'Negated multiply and add with one rounding: -(a * b) + c.'),
    fused('fnmadd', NMADD, true, true, 'Negated multiply and subtract with one rounding: -(a * b) - c.'),
    arithmetic('add', 0b00000, `Add, ${name} precision.`),
    arithmetic('sub', 0b00001, `Subtract, ${name} precision.`),
    arithmetic('mul', 0b00010, `Multiply, ${name} precision.`),
    arithmetic('div', 0b00011, `Divide, ${name} precision.`),
    row(
      `fsqrt.${suffix}`,
      4,
      opFp(0b01011, format),
      'fd, fs1, rm',
      plain((o) => o.fd.set(o.float.sqrt(f(o, 'fs1')))),
      `Square root, ${name} precision.`,
    ),
    signInjection('fsgnj', 0b000, (_, b) => b, 'The first operand with the sign of the second.'),
    signInjection('fsgnjn', 0b001, (_, b) => b.not(), 'The first operand with the opposite of the sign of the second.'),
    signInjection('fsgnjx', 0b010, (a, b) => a.xor(b), 'The first operand, negated if the second is negative.'),
    choice('min', 0b000, `The smaller of two, ${name} precision; a number rather than a NaN.`),
    choice('max', 0b001, `The larger of two, ${name} precision; a number rather than a NaN.`),
    ...integers.map((to) =>
      row(
        `fcvt.${to.suffix}.${suffix}`,
        4,
        opFp(0b11000, format, to.code),
        'rd, fs1, rm',
        plain((o) => o.rd.set(o.float.toInteger(f(o, 'fs1'), to.shape, to.signed).to('i64', true))),
        `Convert ${article} to ${to.name}.`,
      ),
    ),
    row(
      `fmv.x.${size}`,
      4,
      opFp(0b11100, format),
      'rd, fs1',
      plain((o) => o.rd.set(o.fbits('fs1').to(bits, false).to('i64', true))),
      `Move the bits of ${article} to an integer register.`,
    ),
    compare('eq', 0b010, '1 if equal, else 0; quiet.'),
    compare('lt', 0b001, '1 if less, else 0; a NaN is invalid.'),
    compare('le', 0b000, '1 if less or equal, else 0; a NaN is invalid.'),
    row(
      `fclass.${suffix}`,
      4,
      opFp(0b11100, format, 0, 0b001),
      'rd, fs1',
      plain((o) => o.rd.set(o.float.classify(f(o, 'fs1')).to('i64', false))),
      `Class of ${article} as one bit of ten.`,
    ),
    ...integers.map((from) => {
      // Every 32-bit integer is a double: nothing is rounded, and GNU as leaves the field 0.
      const rounding: OperandName = from.shape === 'i32' && shape === 'f64' ? 'rmExact' : 'rm';
      return row(
        `fcvt.${suffix}.${from.suffix}`,
        4,
        opFp(0b11010, format, from.code),
        `fd, rs1, ${rounding}`,
        plain((o) => o.fd.set(o.float.fromInteger(o.rs1.to(from.shape, from.signed), from.signed, shape))),
        `Convert ${from.name} to ${article}.`,
      );
    }),
    row(
      `fmv.${size}.x`,
      4,
      opFp(0b11110, format),
      'fd, rs1',
      plain((o) => o.fd.set(o.rs1.to(bits, false).as(shape))),
      `Move the bits of ${article} from an integer register.`,
    ),
  ];
}

/** Conversion between two formats. */
export const between = (to: Format, from: Format, requires: readonly string[] = []): Instruction =>
  row(
    `fcvt.${to.suffix}.${from.suffix}`,
    4,
    opFp(0b01000, to, from.fmt),
    `fd, fs1, ${to.width > from.width ? 'rmExact' : 'rm'}`,
    plain((o) => o.fd.set(o.float.convert(o.f('fs1', from.shape), to.shape))),
    `Convert a ${from.name} to a ${to.name}.`,
    requires,
  );
