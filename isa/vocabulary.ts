/**
 * The vocabulary that a row's meaning is written in: types only. `emulator/wasm/` implements it, once with registers read from
 * the decoded instruction (the interpreter) and once with registers known (the translator).
 */

/** Formats of floating-point numbers: IEEE 754's binary ones, and the upper half of an f32. */
export type FloatElement = 'f16' | 'bf16' | 'f32' | 'f64';
/**
 * What one element is. Small integers travel in 32 bits; what lies above their width is undefined, and every operation minds that. So do
 * floating-point numbers of 16 bits, which only `Float`, `as` and `neg` know what to do with.
 */
export type Element = 'i8' | 'i16' | 'i32' | 'i64' | FloatElement;
/** One element, or 128 bits of them side by side. */
export type Shape = Element | `${Element}*`;

/** A constant is taken in the shape of the value it meets. */
export type Arg = Value | number | bigint;

/**
 * An expression with a shape. Operations exist on scalars and, where the platform has them, on lanes. Comparisons give an i32
 * of 0 or 1 on scalars and a lane mask on lanes. Shift amounts are taken modulo the element's width.
 * Building an expression does nothing; it is computed where it is used, each time it is used (`keep` computes it once).
 */
export interface Value {
  readonly shape: Shape;
  add(b: Arg): Value;
  sub(b: Arg): Value;
  mul(b: Arg): Value;
  /** Integer division of the platform: the divisor must not be zero, nor -1 under the most negative dividend. */
  divS(b: Arg): Value;
  divU(b: Arg): Value;
  remS(b: Arg): Value;
  remU(b: Arg): Value;
  and(b: Arg): Value;
  or(b: Arg): Value;
  xor(b: Arg): Value;
  shl(b: Arg): Value;
  shrS(b: Arg): Value;
  shrU(b: Arg): Value;
  rotl(b: Arg): Value;
  rotr(b: Arg): Value;
  eq(b: Arg): Value;
  ne(b: Arg): Value;
  ltS(b: Arg): Value;
  ltU(b: Arg): Value;
  leS(b: Arg): Value;
  leU(b: Arg): Value;
  gtS(b: Arg): Value;
  gtU(b: Arg): Value;
  geS(b: Arg): Value;
  geU(b: Arg): Value;
  minS(b: Arg): Value;
  minU(b: Arg): Value;
  maxS(b: Arg): Value;
  maxU(b: Arg): Value;
  clz(): Value;
  ctz(): Value;
  popcount(): Value;
  /** What stands in a substitution box at the low 8 bits of this scalar integer, in its shape. */
  substitute(box: Sbox): Value;
  /** This (an i32 condition, or a lane mask) chooses: non-zero takes the first. Both are computed. */
  choose(whenTrue: Arg, whenFalse: Arg): Value;
  neg(): Value;
  not(): Value;
  /** Another integer width: `to('i64', true)` extends by sign, `to('i64', false)` by zero, narrower shapes take the low bits. */
  to(shape: Element, signed: boolean): Value;
  /** The low `bits` of this, sign-extended in its own width. */
  signExtend(bits: 8 | 16 | 32): Value;
  /** The same bits as another shape of the same size: i16 and f16, i32 and f32, i64 and f64, and likewise lanes. */
  as(shape: Shape): Value;
}

/** A destination. Writing x0 is lost; writing an f register marks FS dirty. */
export interface Destination {
  /** x registers take i64. f registers take i64 bits, f64, or a narrower number (which is NaN-boxed). */
  set(value: Value): void;
}

/** A register of an extension's unit. Writing it marks the unit dirty. */
export interface UnitRegister {
  /** i64. */
  readonly value: Value;
  set(value: Arg): void;
}

/** Guest memory as the running hart sees it: translated, checked, little-endian; a fault ends the instruction. */
export interface Memory {
  load(element: Element, address: Value): Value;
  /** Stores the element's width; the value may be wider. */
  store(element: Element, address: Value, value: Value): void;
  /**
   * Atomic read, change, write. The address must be aligned (with Zama16b: all bytes within 16 aligned ones), else an address-misaligned trap.
   * The result is the old value in the element's shape.
   */
  update(element: Element, address: Value, change: (old: Value) => Value): Value;
  /** The same with 16 bytes at once, as two i64, the lower first. */
  updatePair(address: Value, change: (low: Value, high: Value) => readonly [Value, Value]): readonly [Value, Value];
  /** LR: load and reserve. */
  loadReserved(element: Element, address: Value): Value;
  /** SC: 0 (i64) if the reservation held and the value was stored, else 1. */
  storeConditional(element: Element, address: Value, value: Value): Value;
}

/**
 * Floating-point operations: rounded by the instruction's rm field, or by frm where that says so or where there is none; flags
 * raised in fflags, NaN results canonical (unprivileged specification, "F" chapter). Values have floating-point shapes; bf16 is only converted, to and from f32.
 * A sign is changed by the value's own `neg()`, which changes nothing else and raises nothing.
 */
export interface Float {
  add(a: Value, b: Value): Value;
  sub(a: Value, b: Value): Value;
  mul(a: Value, b: Value): Value;
  div(a: Value, b: Value): Value;
  sqrt(a: Value): Value;
  /** a * b + c with one rounding. */
  fma(a: Value, b: Value, c: Value): Value;
  /** About 1 / a and 1 / sqrt(a), correct to seven bits (vector specification, "Vector Floating-Point Reciprocal Estimate"). */
  recip7(a: Value): Value;
  rsqrt7(a: Value): Value;
  /** A number rather than a NaN; -0 is less than +0. */
  min(a: Value, b: Value): Value;
  max(a: Value, b: Value): Value;
  /** A NaN rather than a number. */
  minimum(a: Value, b: Value): Value;
  maximum(a: Value, b: Value): Value;
  /** i32 of 0 or 1. eq and the quiet ones raise NV on a signaling NaN only; lt and le on any. */
  eq(a: Value, b: Value): Value;
  lt(a: Value, b: Value): Value;
  le(a: Value, b: Value): Value;
  ltQuiet(a: Value, b: Value): Value;
  leQuiet(a: Value, b: Value): Value;
  /** fclass's ten-bit mask, i32. */
  classify(a: Value): Value;
  /** To an integer (saturating, NV when it does not fit); `rounding` fixes the mode instead of rm. Small integers travel in 32 bits, extended by their signedness. */
  toInteger(a: Value, to: 'i8' | 'i16' | 'i32' | 'i64', signed: boolean, rounding?: 'rtz'): Value;
  /** Of an f64 to i32, towards zero: what does not fit is invalid, and its low bits are the result. */
  toIntegerModular(a: Value): Value;
  fromInteger(a: Value, signed: boolean, to: 'f16' | 'f32' | 'f64'): Value;
  /** To an integer that stays in its format; NX only where it is `told`. */
  round(a: Value, inexact: 'told' | 'untold'): Value;
  /** `rod` rounds to odd: towards zero, and the last bit becomes 1 when anything was lost. */
  convert(a: Value, to: FloatElement, rounding?: 'rod'): Value;
}

/** What a scalar row may use: its operands by role, memory, and control. */
export interface Scalar {
  readonly rd: Destination;
  readonly rs1: Value;
  readonly rs2: Value;
  /** What rd holds before the instruction. */
  readonly rdOld: Value;
  /** The registers behind those of rd and rs2, of an instruction on pairs. Of the pair that starts with x0 both are zero, and writes are lost. */
  readonly second: { readonly rd: Destination; readonly rdOld: Value; readonly rs2: Value };
  /** The immediate (whatever its format), i64, sign- or zero-extended as its operand kind says; shift amounts and CSR immediates too. */
  readonly imm: Value;
  /** Address of this instruction and of the next one, i64. */
  readonly pc: Value;
  readonly nextPc: Value;
  readonly fd: Destination;
  /** Raw 64 bits of an f register, i64. */
  fbits(operand: 'fs1' | 'fs2' | 'fs3'): Value;
  /** An f register as a number; a narrow one that is not NaN-boxed reads as the canonical NaN. */
  f(operand: 'fs1' | 'fs2' | 'fs3', shape: FloatElement): Value;
  /** A register of the unit of the row's extension (types.ts), by the operand that names it or by a CSR's name. */
  unit(register: string): UnitRegister;
  readonly memory: Memory;
  readonly float: Float;
  /** High 64 bits of a 64 by 64 bit product. */
  mulHigh(a: Value, b: Value, aSigned: boolean, bSigned: boolean): Value;
  /** A half of the product of two i64 as polynomials over bits: bits 63 to 0, or 127 to 64. */
  carryless(half: 'low' | 'high', a: Value, b: Value): Value;
  /** A value computed once, here, and used as often as wished. */
  keep(value: Value): Value;
  /** Statements under a condition (i32). */
  when(condition: Value, then: () => void): void;
}

/**
 * What an instruction does.
 * - `plain`: a straight computation.
 * - `branch`: the condition (i32) under which control goes to pc + imm.
 * - `jump`: to pc + imm, or to rs1 + imm with bit 0 cleared; rd gets nextPc.
 * - `system`: cold work outside WebAssembly: CSR access, traps and returns, fences. The handler's name is a key of the
 *   hart's system handlers.
 * - `expand`: a compressed form: stands for another row; `as` lists the operand values of that row in its syntax order, each the
 *   name of an operand of this row or a number.
 * - `vector`: see vector.ts.
 */
export type Semantics =
  | { readonly kind: 'plain'; readonly run: (o: Scalar) => void }
  | { readonly kind: 'branch'; readonly condition: (o: Scalar) => Value }
  | { readonly kind: 'jump'; readonly to: 'pc' | 'rs1' }
  | { readonly kind: 'system'; readonly handler: SystemHandler }
  | { readonly kind: 'expand'; readonly to: string; readonly as: readonly (string | number)[] }
  | { readonly kind: 'vector'; readonly vector: VectorSemantics };

/** Cold instructions, each served by one handler in emulator/hart/system.ts. */
export type SystemHandler =
  | 'jump' // of no row: jumps and branches that lead, when taken, where no instruction can start
  | 'target' // of no row: a jump by register that does
  | 'ecall'
  | 'ebreak'
  | 'csrrw'
  | 'csrrs'
  | 'csrrc'
  | 'csrrwi'
  | 'csrrsi'
  | 'csrrci'
  | 'mret'
  | 'sret'
  | 'wfi'
  | 'pause'
  | 'hint'
  | 'wrs'
  | 'cbo.inval'
  | 'cbo.clean'
  | 'cbo.zero'
  | 'fence.i'
  | 'sfence.vma'
  | 'sfence.inval';

/** Filled in by vector.ts, which declares the shapes of vector instructions. */
export type { VectorSemantics } from './vector/shapes.js';
import type { Sbox } from './sbox.js';
import type { VectorSemantics } from './vector/shapes.js';
