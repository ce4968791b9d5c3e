/** `.insn`: an instruction by its bits, or by its format and fields (GNU as manual, "RISC-V Instruction Formats"). */
import { insert, operands } from '../../isa/operands.js';
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
};

/** Major opcodes by name, as GNU as knows them; those for custom instructions have no rows of ours. */
const opcodeNames: ReadonlyMap<string, number> = new Map([
  ...Object.entries(opcodes).flatMap(([name, value]) => (typeof value === 'number' ? [[name, value] as const] : [])),
  ['CUSTOM_0', 0x0b],
  ['CUSTOM_1', 0x2b],
  ['CUSTOM_2', 0x5b],
  ['CUSTOM_3', 0x7b],
]);

function value(unit: Unit, kind: OperandKind, operand: Operand): Matched {
  if (kind.class === 'x' || kind.class === 'f') {
    if (operand.register && !operand.base) return operand.register.number;
    throw new Mistake('expected a register', operand.start, operand.end);
  }
  const named = kind === opcode && operand.word !== undefined ? opcodeNames.get(operand.word) : undefined;
  return named ?? immediate(kind, operand, unit);
}

function byFormat(unit: Unit, cursor: Cursor): void {
  const name = cursor.name('a format');
  const kinds = Object.hasOwn(formats, name.text) ? formats[name.text]! : undefined;
  if (!kinds) throw new Mistake(`expected a format: ${Object.keys(formats).join(', ')}`, name.start, name.end);
  const list = parseOperands(cursor, unit);
  const values: { kind: OperandKind; value: Matched }[] = [];
  let at = 0;
  for (const operand of list) {
    if (operand.base && at + 1 < kinds.length) {
      // An offset with its register, in whichever order the format has them.
      const pair = [kinds[at]!, kinds[at + 1]!];
      const offset = pair.find((kind) => kind.class === 'signed');
      const base = pair.find((kind) => kind.class === 'x');
      if (!offset || !base) throw new Mistake('unexpected register in parentheses', operand.start, operand.end);
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
        length: 4,
      });
  }
  unit.word(word >>> 0, 4);
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
    if (word === undefined || word < 0n || word > 0xffff_ffffn)
      throw new Mistake('expected an instruction word of 16 or 32 bits', start, end);
    const length = (word & 3n) === 3n ? 4 : 2;
    if (second !== undefined && unit.constant(first) !== BigInt(length))
      throw new Mistake(`by its low bits this instruction has ${length} bytes`, start, end);
    if (length === 2 && word > 0xffffn) throw new Mistake('by its low bits this instruction has 2 bytes', start, end);
    unit.beginInstruction();
    unit.word(Number(word), length);
  },
};

export const insn: Directives = { '.insn': insnDirective };
