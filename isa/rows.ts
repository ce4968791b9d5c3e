/** How rows are spelled: one constructor per format of the base encoding (unprivileged specification, "RV32I" and "RV64I"). */
import type { Extension, Instruction } from './types.js';
import type { Scalar, Semantics, Value } from './vocabulary.js';
import { operandNames, operands } from './operands.js';
import { mentions } from './requires.js';

export const LOAD = 0x03;
export const LOAD_FP = 0x07;
export const MISC_MEM = 0x0f;
export const OP_IMM = 0x13;
export const AUIPC = 0x17;
export const OP_IMM_32 = 0x1b;
export const STORE = 0x23;
export const STORE_FP = 0x27;
export const AMO = 0x2f;
export const OP = 0x33;
export const LUI = 0x37;
export const OP_32 = 0x3b;
export const MADD = 0x43;
export const MSUB = 0x47;
export const NMSUB = 0x4b;
export const NMADD = 0x4f;
export const OP_FP = 0x53;
export const OP_V = 0x57;
export const BRANCH = 0x63;
export const JALR = 0x67;
export const JAL = 0x6f;
export const SYSTEM = 0x73;
export const OP_VE = 0x77;

type Run = (o: Scalar) => void;
export const plain = (run: Run): Semantics => ({ kind: 'plain', run });

/**
 * A row from the bits that are fixed. Everything that no operand covers and that `fixed` names is part of the mask: the
 * mask is derived, so a row can't leave bits undefined by mistake.
 * @param fixed the word with all operand bits zero
 * @param ignored bits that hardware is told to ignore; the assembler writes them as zero
 */
export function row(
  name: string,
  length: 2 | 4,
  fixed: number,
  syntax: string,
  semantics: Semantics,
  doc: string,
  requires: readonly string[] = [],
  ignored = 0,
): Instruction {
  const draft = { name, length, match: fixed >>> 0, mask: 0, syntax, semantics, doc, requires };
  let free = ignored;
  for (const operand of operandNames(draft)) {
    for (const [high, low] of operands[operand].pieces) free |= (2 ** (high - low + 1) - 1) << low;
  }
  const all = length === 2 ? 0xffff : 0xffffffff;
  const mask = (all & ~free) >>> 0;
  if ((fixed & ~mask) !== 0) throw new Error(`${name}: fixed bits lie under an operand or are ignored`);
  return { ...draft, mask };
}

/** Register-register. */
export const r = (name: string, opcode: number, funct3: number, funct7: number, run: Run, doc: string) =>
  row(name, 4, opcode | (funct3 << 12) | (funct7 << 25), 'rd, rs1, rs2', plain(run), doc);

/** Register-immediate. */
export const i = (name: string, opcode: number, funct3: number, run: Run, doc: string) =>
  row(name, 4, opcode | (funct3 << 12), 'rd, rs1, imm12', plain(run), doc);

/** Shift by an immediate: `bits` is 6 for 64-bit shifts, 5 for 32-bit ones; funct is what lies above the amount, at bit 26 or 25. */
export const shift = (
  name: string,
  opcode: number,
  funct3: number,
  funct: number,
  bits: 5 | 6,
  run: Run,
  doc: string,
) => row(name, 4, opcode | (funct3 << 12) | (funct << (20 + bits)), `rd, rs1, shamt${bits}`, plain(run), doc);

/** One source register; `funct12` stands where an immediate would. */
export const unary = (
  name: string,
  opcode: number,
  funct3: number,
  funct12: number,
  run: Run,
  doc: string,
  requires: readonly string[] = [],
) => row(name, 4, (opcode | (funct3 << 12) | (funct12 << 20)) >>> 0, 'rd, rs1', plain(run), doc, requires);

/** The row with extensions that it requires besides its own, or among alternatives with its own. */
export const needs = (requires: readonly string[], each: Instruction): Instruction => ({ ...each, requires });

/** Load into an x register. */
export const load = (name: string, funct3: number, run: Run, doc: string) =>
  row(name, 4, LOAD | (funct3 << 12), 'rd, imm12(rs1)', plain(run), doc);

/** Store from an x register. */
export const store = (name: string, funct3: number, run: Run, doc: string) =>
  row(name, 4, STORE | (funct3 << 12), 'rs2, store12(rs1)', plain(run), doc);

/** Conditional branch. */
export const branch = (name: string, funct3: number, condition: (o: Scalar) => Value, doc: string) =>
  row(name, 4, BRANCH | (funct3 << 12), 'rs1, rs2, branch13', { kind: 'branch', condition }, doc);

/** Upper immediate. */
export const u = (name: string, opcode: number, run: Run, doc: string) =>
  row(name, 4, opcode, 'rd, upper20', plain(run), doc);

/**
 * An extension and its rows; every row requires it, or one of the alternatives that the row names: `Zbb|Zbkb`.
 * @param whole the extension with a letter that this one is a part of, which is enough too
 */
export function extension(name: string, doc: string, rows: readonly Instruction[], whole?: string): Extension {
  const entry = whole ? `${whole}|${name}` : name;
  const own = ({ requires }: Instruction) => (mentions(requires, name) ? requires : [entry, ...requires]);
  return { name, doc, rows: rows.map((each) => ({ ...each, requires: own(each) })) };
}
