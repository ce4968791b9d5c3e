/** The shape of the one table: what a row says of an instruction. */
import type { Semantics } from './vocabulary.js';

/** A run of instruction bits, both ends included. */
export type Bits = readonly [high: number, low: number];

/** How an operand is written in assembly and what its number means. */
export type OperandClass =
  | 'x' // integer register
  | 'f' // floating-point register
  | 'v' // vector register
  | 'unit' // register of an extension's unit; see `file`
  | 'mask' // the optional `, v0.t`: absent is 1
  | 'signed' // immediate
  | 'unsigned' // immediate
  | 'upper' // lui/auipc: written as 0..0xfffff, worth that << 12
  | 'target' // pc-relative; written as a symbol or an expression
  | 'csr' // by name or number
  | 'fli' // one of the numbers that fli knows: 1.0, 0x1p-15, min, inf, nan
  | 'rounding' // rne, rtz, rdn, rup, rmm, dyn; see `absent`
  | 'fence' // a set of i, o, r, w
  | 'vtype' // e32, m2, ta, ma
  | 'ordering'; // a suffix of the mnemonic: .aq, .rl, .aqrl

/** An operand kind: where its bits lie in the word and how it is written. */
export interface OperandKind {
  readonly class: OperandClass;
  /** Most significant piece first. */
  readonly pieces: readonly Bits[];
  /** Low zero bits that are not encoded (branch targets: 1). */
  readonly scale?: number;
  /** Sign-extended to this many bits, which are then read as unsigned (c.lui, written as lui's immediate is). */
  readonly extend?: number;
  /** Added to the encoded number (compressed three-bit registers: 8). */
  readonly base?: number;
  /** Values that this operand must not have (compressed encodings: x0, a zero immediate). */
  readonly except?: readonly number[];
  /** What it is when it is left out in assembly (a rounding mode: 7, dyn). */
  readonly absent?: number;
  /** Of class `unit`: the register file, by its name in `Unit.files`. */
  readonly file?: string;
}

/** An extension, named as the ISA string names it. */
export interface Extension {
  readonly name: string;
  readonly doc: string;
  readonly rows: readonly Instruction[];
  /** Registers that belong to this extension alone. */
  readonly unit?: Unit;
}

/**
 * An accelerator's state: the registers that only one extension's instructions know. Engine, CSRs, assembler and debugger take them from
 * here. A thread that moves takes them along in this order: the files, then the CSRs, 64 bits each.
 */
export interface Unit {
  readonly files: readonly RegisterFile[];
  /** For user mode; all 64 bits can be written. */
  readonly csrs: readonly UnitCsr[];
  /**
   * Whether the unit may be used and was changed, in two bits as mstatus.FS has it: 0 off, where every instruction and CSR of the unit is
   * illegal; 1 initial; 2 clean; 3 dirty. mstatus.XS sums it up (privileged specification, "Extension Context Status in mstatus").
   */
  readonly status: UnitCsr;
}

/** Registers NAME0 to NAME(count - 1). */
export interface RegisterFile {
  readonly name: string;
  readonly count: number;
  /** Bits of an element, as a debugger shows a register at first: 8, 16, 32 or 64. */
  readonly elementBits: 8 | 16 | 32 | 64;
  readonly doc: string;
}

export interface UnitCsr {
  readonly name: string;
  readonly number: number;
  /** One line, our own words. */
  readonly doc: string;
}

/** One instruction: the only place where it is described. */
export interface Instruction {
  /** GNU mnemonic, without an ordering suffix: `add`, `c.addi`, `vadd.vv`, `amoadd.w`. */
  readonly name: string;
  /** Bytes. */
  readonly length: 2 | 4;
  /** A word w is this instruction when (w & mask) >>> 0 === match and no operand has an excepted value. */
  readonly match: number;
  readonly mask: number;
  /** Operands in the order they are written, as a pattern over names of `operands`: `rd, imm12(rs1)`. */
  readonly syntax: string;
  /** What the instruction does; see vocabulary.ts. */
  readonly semantics: Semantics;
  /** One line, our own words. */
  readonly doc: string;
  /**
   * All of these extensions must be present; an entry may name alternatives, of which one is enough: `Zbb|Zbkb` (see requires.ts).
   * The row's own extension is added by `extension()`, unless the row lists it itself, for instance among alternatives.
   */
  readonly requires: readonly string[];
}
