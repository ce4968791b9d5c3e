/**
 * What a row computes where its operands are known: the rows' own meanings, evaluated over numbers. Whatever is not known, or not a matter of
 * integers, comes out as unknown.
 */
import type { Instruction } from '../../isa/types.js';
import type { Arg, Scalar, Value } from '../../isa/vocabulary.js';

const bitsOf = { i8: 8, i16: 16, i32: 32, i64: 64 } as const;
type IntegerShape = keyof typeof bitsOf;

/** Unknown: every operation on it gives it again. */
const unknown: Value = new Proxy({} as Value, {
  get: (_, name) => (name === 'shape' ? 'i64' : () => unknown),
});

/** A known integer of a shape, kept without sign. */
class Known {
  constructor(
    readonly shape: IntegerShape,
    readonly bits: bigint,
  ) {}
}

const known = (shape: IntegerShape, value: bigint): Value =>
  wrap(new Known(shape, BigInt.asUintN(bitsOf[shape], value)));
const signed = ({ shape, bits }: Known) => BigInt.asIntN(bitsOf[shape], bits);

/** The numbers behind values. */
const behind = new WeakMap<Value, Known>();

const condition = (holds: boolean) => known('i32', holds ? 1n : 0n);

type Operation = (a: Known, b: Known) => Value;
const same =
  (compute: (a: bigint, b: bigint) => bigint): Operation =>
  (a, b) =>
    known(a.shape, compute(a.bits, b.bits));
const amount = (a: Known, b: Known) => b.bits % BigInt(bitsOf[a.shape]);

const binary: Readonly<Record<string, Operation>> = {
  add: same((a, b) => a + b),
  sub: same((a, b) => a - b),
  mul: same((a, b) => a * b),
  and: same((a, b) => a & b),
  or: same((a, b) => a | b),
  xor: same((a, b) => a ^ b),
  shl: (a, b) => known(a.shape, a.bits << amount(a, b)),
  shrU: (a, b) => known(a.shape, a.bits >> amount(a, b)),
  shrS: (a, b) => known(a.shape, signed(a) >> amount(a, b)),
  eq: (a, b) => condition(a.bits === b.bits),
  ne: (a, b) => condition(a.bits !== b.bits),
  ltU: (a, b) => condition(a.bits < b.bits),
  ltS: (a, b) => condition(signed(a) < signed(b)),
  geU: (a, b) => condition(a.bits >= b.bits),
  geS: (a, b) => condition(signed(a) >= signed(b)),
};

const unary: Readonly<Record<string, (a: Known, ...rest: never[]) => Value>> = {
  not: (a) => known(a.shape, ~a.bits),
  neg: (a) => known(a.shape, -a.bits),
  to: (a, shape: IntegerShape, sign: boolean) => (shape in bitsOf ? known(shape, sign ? signed(a) : a.bits) : unknown),
  signExtend: (a, bits: number) => known(a.shape, BigInt.asIntN(bits, a.bits)),
  choose: (a, yes: Arg, no: Arg) => {
    const chosen = a.bits ? yes : no;
    const other = a.bits ? no : yes;
    if (typeof chosen === 'object') return chosen;
    // A constant takes the other's shape.
    const shape = (typeof other === 'object' && behind.get(other)?.shape) || 'i64';
    return known(shape, BigInt(chosen));
  },
};

function wrap(number: Known): Value {
  const value = new Proxy({} as Value, {
    get: (_, name: string) => {
      if (name === 'shape') return number.shape;
      if (Object.hasOwn(unary, name)) return (...args: never[]) => unary[name]!(number, ...args);
      const operation = Object.hasOwn(binary, name) ? binary[name] : undefined;
      if (!operation) return () => unknown;
      return (arg: Arg) => {
        const other = typeof arg === 'object' ? behind.get(arg) : knownOf(number.shape, arg);
        return other ? operation(number, other) : unknown;
      };
    },
  });
  behind.set(value, number);
  return value;
}
const knownOf = (shape: IntegerShape, value: number | bigint) =>
  new Known(shape, BigInt.asUintN(bitsOf[shape], BigInt(value)));

const nothing = { set: () => {} };

export interface ConstantOperands {
  readonly rs1?: bigint;
  readonly rs2?: bigint;
  readonly imm?: number;
  readonly pc: number;
  readonly nextPc: number;
}

/** What a `plain` row writes to rd, where that follows from known operands; undefined otherwise. 64 bits, without sign. */
export function evaluate({ semantics }: Instruction, operands: ConstantOperands): bigint | undefined {
  if (semantics.kind !== 'plain') return undefined;
  const { rs1, rs2, imm, pc, nextPc } = operands;
  const value = (bits: bigint | undefined) => (bits === undefined ? unknown : known('i64', bits));
  let result: Value = unknown;
  const scope: Partial<Scalar> = {
    rd: {
      set: (v) => {
        result = v;
      },
    },
    rs1: value(rs1),
    rs2: value(rs2),
    rdOld: unknown,
    imm: value(imm === undefined ? undefined : BigInt(imm)),
    pc: value(BigInt(pc)),
    nextPc: value(BigInt(nextPc)),
    fd: nothing,
    keep: (v) => v,
    when: () => {
      result = unknown;
    },
  };
  const scalar = new Proxy(scope as Scalar, { get: (of, name) => Reflect.get(of, name) ?? elsewhere });
  try {
    semantics.run(scalar);
  } catch {
    // A meaning that wants more than numbers: floating point, units, memory by pairs.
    return undefined;
  }
  return behind.get(result)?.bits;
}

/** Memory, floating point and units: nothing is known of what comes from there. */
const elsewhere: never = new Proxy((() => unknown) as never, { get: () => elsewhere, apply: () => unknown }) as never;

/** Is a branch taken? Undefined: that depends. */
export function taken({ semantics }: Instruction, { rs1, rs2 }: ConstantOperands): boolean | undefined {
  if (semantics.kind !== 'branch' || rs1 === undefined || rs2 === undefined) return undefined;
  const scalar = { rs1: known('i64', rs1), rs2: known('i64', rs2) } as unknown as Scalar;
  const bits = behind.get(semantics.condition(scalar))?.bits;
  return bits === undefined ? undefined : bits !== 0n;
}
