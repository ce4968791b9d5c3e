/** `.insn`: an instruction by its bits, or by its format and fields (GNU as manual, "RISC-V Instruction Formats"). */
import { fits, insert, operands } from '../../isa/operands.js';
import * as opcodes from '../../isa/rows.js';
import type { OperandKind } from '../../isa/types.js';
import { Mistake } from '../diagnostics.js';
import { parseExpression } from '../expression.js';
import type { Cursor } from '../lexer.js';
import { immediate, type Matched } from '../match.js';
import { type Operand, parseOperands } from '../operand.js';
import type { Unit } from '../unit.js';
import type { Directive, Directives } from './directive.js';

const field = (high: number, low: number): OperandKind => ({ class: 'unsigned', pieces: [[high, low]] });

const opcode = field(6, 0);
const funct3 = field(14, 12);
const { rd, rs1, rs2, imm12, store12, branch13, jump21, upper20 } = operands;
const rs3 = operands.fs3;
const { crs2, cimm6, rdc, rs1c, rs2c, cbranch9, cjump12 } = operands;
const opcode2 = field(1, 0);
const cfunct3 = field(15, 13);
/** Two low bits and three high ones, as they lie in loads and stores. */
const cfield5: OperandKind = {
  class: 'unsigned',
  pieces: [
    [12, 10],
    [6, 5],
  ],
};

/** What each format is written with; `offset` and rs1 may be one operand, as in `8(a0)`. */
const formats: Readonly<Record<string, readonly OperandKind[]>> = {
  r: [opcode, funct3, field(31, 25), rd, rs1, rs2],
  r4: [opcode, funct3, field(26, 25), rd, rs1, rs2, rs3],
  i: [opcode, funct3, rd, rs1, imm12],
  s: [opcode, funct3, rs2, store12, rs1],
  b: [opcode, funct3, rs1, rs2, branch13],
  sb: [opcode, funct3, rs1, rs2, branch13],
  u: [opcode, rd, upper20],
  j: [opcode, rd, jump21],
  uj: [opcode, rd, jump21],
  cr: [opcode2, field(15, 12), rd, crs2],
  ci: [opcode2, cfunct3, rd, cimm6],
  ciw: [opcode2, cfunct3, rdc, field(12, 5)],
  css: [opcode2, cfunct3, crs2, field(12, 7)],
  cl: [opcode2, cfunct3, rdc, cfield5, rs1c],
  cs: [opcode2, cfunct3, rs2c, cfield5, rs1c],
  ca: [opcode2, field(15, 10), field(6, 5), rs1c, rs2c],
  cb: [opcode2, cfunct3, rs1c, cbranch9],
  cj: [opcode2, cfunct3, cjump12],
};
/** These have a form with one more register. */
const wider: Readonly<Record<string, string>> = { r: 'r4' };

/** Major opcodes by name, as GNU as knows them; those for custom instructions have no rows of ours. */
const opcodeNames: ReadonlyMap<string, number> = new Map([
  ...Object.entries(opcodes).flatMap(([name, value]) => (typeof value === 'number' ? [[name, value] as const] : [])),
  ['CUSTOM_0', 0x0b],
  ['CUSTOM_1', 0x2b],
  ['CUSTOM_2', 0x5b],
  ['CUSTOM_3', 0x7b],
]);
const quadrants: ReadonlyMap<string, number> = new Map([
  ['C0', 0],
  ['C1', 1],
  ['C2', 2],
]);
const namesFor = (kind: OperandKind) => (kind === opcode ? opcodeNames : kind === opcode2 ? quadrants : undefined);

function value(unit: Unit, kind: OperandKind, operand: Operand): Matched {
  if (kind.class === 'x' || kind.class === 'f') {
    if (operand.register && !operand.base && fits(kind, operand.register.number)) return operand.register.number;
    const which = kind.base ? ' of compressed instructions (x8 to x15)' : '';
    throw new Mistake(`expected a register${which}`, operand.start, operand.end);
  }
  const named = operand.word === undefined ? undefined : namesFor(kind)?.get(operand.word);
  return named ?? immediate(kind, operand, unit);
}

function byFormat(unit: Unit, cursor: Cursor): void {
  const name = cursor.name('a format');
  let kinds = Object.hasOwn(formats, name.text) ? formats[name.text]! : undefined;
  if (!kinds) throw new Mistake(`expected a format: ${Object.keys(formats).join(', ')}`, name.start, name.end);
  const list = parseOperands(cursor, unit);
  const more = formats[wider[name.text] ?? ''];
  if (more?.length === list.length) kinds = more;
  const length = kinds.includes(opcode2) ? 2 : 4;
  const values: { kind: OperandKind; value: Matched }[] = [];
  let at = 0;
  for (const operand of list) {
    if (operand.base && at + 1 < kinds.length) {
      // An offset with its register, in whichever order the format has them.
      const pair = [kinds[at]!, kinds[at + 1]!];
      const offset = pair.find((kind) => kind.class === 'signed' || kind === cfield5);
      const base = pair.find((kind) => kind.class === 'x');
      if (!offset || !base) throw new Mistake('unexpected register in parentheses', operand.start, operand.end);
      if (!fits(base, operand.base.number))
        throw new Mistake('expected a register of compressed instructions (x8 to x15)', operand.start, operand.end);
      values.push({ kind: base, value: operand.base.number });
      values.push({ kind: offset, value: operand.offsetless ? 0 : immediate(offset, operand, unit) });
      at += 2;
    } else {
      const kind = kinds[at++];
      if (!kind) throw new Mistake('this operand is too many', operand.start, operand.end);
      values.push({ kind, value: value(unit, kind, operand) });
    }
  }
  if (at < kinds.length) throw new Mistake(`format ${name.text} has more operands`, name.start, cursor.token.end);
  unit.beginInstruction();
  let word = 0;
  for (const { kind, value } of values) {
    if (typeof value === 'number') word |= insert(kind, value);
    else
      unit.fixup(value.expression, value.operand.start, value.operand.end, {
        operand: kind,
        how: value.how,
        length,
      });
  }
  unit.word(word >>> 0, length);
}

/** `.insn word` or `.insn length, word`; the length follows from the low bits. */
const insnDirective: Directive = {
  run(unit, cursor) {
    if (cursor.token.type === 'name' && cursor.peek().type !== 'end' && cursor.peek().text !== ',') {
      byFormat(unit, cursor);
      return;
    }
    const { start, end } = cursor.token;
    const first = parseExpression(cursor, unit);
    const second = cursor.accept(',') ? parseExpression(cursor, unit) : undefined;
    cursor.finish();
    const word = unit.constant(second ?? first);
    const bits = word === undefined ? undefined : BigInt.asUintN(64, word);
    const length = bits === undefined ? undefined : lengthOf(bits);
    if (bits === undefined || length === undefined)
      throw new Mistake('expected an instruction word of 16, 32, 48 or 64 bits', start, end);
    if (second !== undefined && unit.constant(first) !== BigInt(length))
      throw new Mistake(`by its low bits this instruction has ${length} bytes`, start, end);
    if (bits >> BigInt(8 * length))
      throw new Mistake(`by its low bits this instruction has ${length} bytes`, start, end);
    unit.beginInstruction();
    for (let at = 0; at < length; at += 2) unit.word(Number((bits >> BigInt(8 * at)) & 0xffffn), 2);
  },
};

/** Bytes of an instruction by its low bits (unprivileged specification, "Expanded Instruction-Length Encoding"). */
function lengthOf(bits: bigint): number | undefined {
  if ((bits & 3n) !== 3n) return 2;
  if ((bits & 0x1fn) !== 0x1fn) return 4;
  if ((bits & 0x3fn) === 0x1fn) return 6;
  return (bits & 0x7fn) === 0x3fn ? 8 : undefined;
}

export const insn: Directives = { '.insn': insnDirective };
