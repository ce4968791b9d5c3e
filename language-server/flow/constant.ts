/**
 * What a row computes where its operands are known: the rows' own meanings, evaluated over numbers. Whatever is not known, or not a matter of
 * integers, comes out as unknown.
 */
import type { Instruction } from '../../isa/types.js';
import type { Arg, Scalar, Value } from '../../isa/vocabulary.js';

const bitsOf = { i8: 8, i16: 16, i32: 32, i64: 64 } as const;
type IntegerShape = keyof typeof bitsOf;

/** Whatever is asked of it, it gives the unknown. Looked at only for what the classes before it in the chain lack. */
const anythingElse = new Proxy({}, { get: (_, name) => (typeof name === 'symbol' ? undefined : () => unknown) });

class Unknown {
  readonly shape = 'i64';
}
Object.setPrototypeOf(Unknown.prototype, anythingElse);
const unknown = new Unknown() as unknown as Value;

/** An integer of a shape, kept without sign. */
class Known {
  constructor(
    readonly shape: IntegerShape,
    readonly bits: bigint,
  ) {}

  get signed(): bigint {
    return BigInt.asIntN(bitsOf[this.shape], this.bits);
  }
  not() {
    return known(this.shape, ~this.bits);
  }
  neg() {
    return known(this.shape, -this.bits);
  }
  to(shape: IntegerShape, sign: boolean) {
    return shape in bitsOf ? known(shape, sign ? this.signed : this.bits) : unknown;
  }
  signExtend(bits: number) {
    return known(this.shape, BigInt.asIntN(bits, this.bits));
  }
  choose(yes: Arg, no: Arg): Value {
    const [chosen, other] = this.bits ? [yes, no] : [no, yes];
    if (typeof chosen === 'object') return chosen;
    // A constant takes the other's shape.
    return known(typeof other === 'object' && isKnown(other) ? other.shape : 'i64', BigInt(chosen));
  }
}
Object.setPrototypeOf(Known.prototype, anythingElse);

const known = (shape: IntegerShape, value: bigint) =>
  new Known(shape, BigInt.asUintN(bitsOf[shape], value)) as unknown as Value;
const isKnown = (value: unknown): value is Known => value instanceof Known;
const condition = (holds: boolean) => known('i32', holds ? 1n : 0n);
const amount = (a: Known, b: Known) => b.bits % BigInt(bitsOf[a.shape]);

/** Operations on two of a shape. */
const binary: Readonly<Record<string, (a: Known, b: Known) => Value>> = {
  add: (a, b) => known(a.shape, a.bits + b.bits),
  sub: (a, b) => known(a.shape, a.bits - b.bits),
  mul: (a, b) => known(a.shape, a.bits * b.bits),
  and: (a, b) => known(a.shape, a.bits & b.bits),
  or: (a, b) => known(a.shape, a.bits | b.bits),
  xor: (a, b) => known(a.shape, a.bits ^ b.bits),
  shl: (a, b) => known(a.shape, a.bits << amount(a, b)),
  shrU: (a, b) => known(a.shape, a.bits >> amount(a, b)),
  shrS: (a, b) => known(a.shape, a.signed >> amount(a, b)),
  eq: (a, b) => condition(a.bits === b.bits),
  ne: (a, b) => condition(a.bits !== b.bits),
  ltU: (a, b) => condition(a.bits < b.bits),
  ltS: (a, b) => condition(a.signed < b.signed),
  geU: (a, b) => condition(a.bits >= b.bits),
  geS: (a, b) => condition(a.signed >= b.signed),
};
for (const [name, operation] of Object.entries(binary))
  Object.defineProperty(Known.prototype, name, {
    value(this: Known, arg: Arg): Value {
      if (typeof arg === 'object') return isKnown(arg) ? operation(this, arg) : unknown;
      return operation(this, new Known(this.shape, BigInt.asUintN(bitsOf[this.shape], BigInt(arg))));
    },
  });

/** Memory, floating point and units: nothing is known of what comes from there. */
const elsewhere: never = new Proxy((() => unknown) as never, { get: () => elsewhere, apply: () => unknown }) as never;

/** Operands and result of a row. One serves all evaluations: none happens within another. */
class Scope {
  result: Value = unknown;
  rs1: Value = unknown;
  rs2: Value = unknown;
  imm: Value = unknown;
  /** Was the place of the instruction asked for? */
  ofPc = false;
  at = 0;
  behind = 0;
  get pc(): Value {
    this.ofPc = true;
    return known('i64', BigInt(this.at));
  }
  get nextPc(): Value {
    this.ofPc = true;
    return known('i64', BigInt(this.behind));
  }
  readonly rdOld = unknown;
  readonly fd = { set() {} };
  readonly rd = {
    set: (value: Value) => {
      this.result = value;
    },
  };
  keep(value: Value) {
    return value;
  }
  when() {
    this.result = unknown;
  }
}
Object.setPrototypeOf(Scope.prototype, new Proxy({}, { get: () => elsewhere }));
const scope = new Scope();

export interface ConstantOperands {
  readonly rs1?: bigint;
  readonly rs2?: bigint;
  readonly imm?: number;
  readonly pc: number;
  readonly nextPc: number;
}

const value = (bits: bigint | undefined) => (bits === undefined ? unknown : known('i64', bits));

export interface Evaluated {
  /** What is written to rd, where that follows from known operands; 64 bits, without sign. */
  readonly value: bigint | undefined;
  /** Does it hang on where the instruction stands? */
  readonly ofPc: boolean;
}

/** What a `plain` row comes to. */
export function evaluate({ semantics }: Instruction, operands: ConstantOperands): Evaluated {
  if (semantics.kind !== 'plain') return NOTHING;
  scope.result = unknown;
  scope.rs1 = value(operands.rs1);
  scope.rs2 = value(operands.rs2);
  scope.imm = operands.imm === undefined ? unknown : known('i64', BigInt(operands.imm));
  scope.at = operands.pc;
  scope.behind = operands.nextPc;
  scope.ofPc = false;
  try {
    semantics.run(scope as unknown as Scalar);
  } catch {
    // A meaning that wants more than numbers: floating point, units, memory by pairs.
    return NOTHING;
  }
  return { value: isKnown(scope.result) ? scope.result.bits : undefined, ofPc: scope.ofPc };
}
const NOTHING: Evaluated = { value: undefined, ofPc: false };

/** Is a branch taken? Undefined: that depends. */
export function taken(
  { semantics }: Instruction,
  rs1: bigint | undefined,
  rs2: bigint | undefined,
): boolean | undefined {
  if (semantics.kind !== 'branch' || rs1 === undefined || rs2 === undefined) return undefined;
  scope.rs1 = value(rs1);
  scope.rs2 = value(rs2);
  const holds: unknown = semantics.condition(scope as unknown as Scalar);
  return isKnown(holds) ? holds.bits !== 0n : undefined;
}
