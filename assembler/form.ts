/**
 * A form: one way to write an instruction. Every row is a form of itself; an alias is a form of its row with some operands
 * fixed. The assembler matches operands against a form's slots, the disassembler prints them.
 */
import { type OperandName, operandNames, operands, syntaxTokens } from '../isa/operands.js';
import { registerNamed } from '../isa/registers.js';
import type { Instruction, OperandKind } from '../isa/types.js';

/** An operand that is read: its kind, and where its value goes among the form's own operands. */
export interface OperandSlot {
  readonly kind: 'operand';
  readonly name: OperandName;
  readonly operand: OperandKind;
  readonly index: number;
}
/** A register or another word that the syntax names: the sp of c.lwsp, the v0 of vadc, the rtz of fcvtmod.w.d. */
interface WordSlot {
  readonly kind: 'word';
  readonly text: string;
}
/** `offset(base)`; without an offset operand only 0 may stand before the parenthesis. */
interface MemorySlot {
  readonly kind: 'memory';
  readonly offset?: OperandSlot;
  readonly base: OperandSlot | WordSlot;
}
export type Slot = OperandSlot | WordSlot | MemorySlot;

export interface Form {
  readonly mnemonic: string;
  readonly row: Instruction;
  /** What is written, without an ordering suffix. */
  readonly slots: readonly Slot[];
  /** Slots that must be written; masks and rounding modes at the end may be left out. */
  readonly required: number;
  /** Where the ordering suffix goes among the form's operands, or -1. */
  readonly ordering: number;
  /** Names of the form's own operands. */
  readonly names: readonly OperandName[];
  /** For each operand of the row: an index into the form's own operands, or a fixed value. */
  readonly template: readonly (number | { readonly fixed: number })[];
  /** Bits set besides (fence.tso's mode). */
  readonly bits: number;
  /** The pattern as a user may read it: `rd, imm12(rs1)`. */
  readonly syntax: string;
}

const optional = (slot: Slot) =>
  slot.kind === 'operand' && (slot.operand.class === 'mask' || slot.operand.class === 'rounding');

/** Slots of a syntax pattern, and its operand names in order. */
function parsePattern(syntax: string): { slots: Slot[]; names: OperandName[]; ordering: number } {
  const tokens = syntaxTokens(syntax);
  const names: OperandName[] = [];
  const slots: Slot[] = [];
  let ordering = -1;
  let at = 0;
  const next = (): OperandSlot | WordSlot => {
    const token = tokens[at++]!;
    if (!('operand' in token)) return { kind: 'word', text: token.text };
    const name = token.operand as OperandName;
    names.push(name);
    return { kind: 'operand', name, operand: operands[name], index: names.length - 1 };
  };
  const is = (text: string) => {
    const token = tokens[at];
    return token !== undefined && 'text' in token && token.text === text;
  };
  while (at < tokens.length) {
    if (is(',')) {
      at++;
      continue;
    }
    let slot: OperandSlot | WordSlot | undefined;
    if (!is('(')) {
      slot = next();
      if (slot.kind === 'operand' && slot.operand.class === 'ordering') {
        ordering = slot.index;
        continue;
      }
    }
    if (is('(')) {
      at++;
      slots.push({ kind: 'memory', offset: slot?.kind === 'operand' ? slot : undefined, base: next() });
      at++;
    } else if (slot) slots.push(slot);
  }
  return { slots, names, ordering };
}

function makeForm(
  mnemonic: string,
  syntax: string,
  row: Instruction,
  template: (names: readonly OperandName[]) => Form['template'],
  bits: number,
): Form {
  const { slots, names, ordering } = parsePattern(syntax);
  let required = slots.length;
  while (required > 0 && optional(slots[required - 1]!)) required--;
  return { mnemonic, row, slots, required, ordering, names, template: template(names), bits, syntax };
}

/** The form that a row is of itself. */
export function formOfRow(row: Instruction): Form {
  return makeForm(row.name, row.syntax, row, (names) => names.map((_, index) => index), 0);
}

/**
 * A form from an alias: `jr rs1` standing for `jalr zero, 0(rs1)`.
 * @param fixed one text for each operand of the row in syntax order: an operand name of the alias, a register or a number
 */
export function formOfAlias(
  mnemonic: string,
  syntax: string,
  row: Instruction,
  fixed: readonly string[],
  bits: number,
) {
  const wanted = operandNames(row).length;
  if (fixed.length !== wanted) throw new Error(`alias ${mnemonic}: ${row.name} has ${wanted} operands`);
  return makeForm(
    mnemonic,
    syntax,
    row,
    (names) =>
      fixed.map((text) => {
        const index = names.indexOf(text as OperandName);
        if (index >= 0) return index;
        const value = registerNamed(text)?.number ?? Number(text);
        if (!Number.isInteger(value)) throw new Error(`alias ${mnemonic}: what is ${text}?`);
        return { fixed: value };
      }),
    bits,
  );
}

/** The row's operand values for the form's own ones. */
export function rowValues<T>(form: Form, values: readonly T[]): (T | number)[] {
  return form.template.map((from) => (typeof from === 'number' ? values[from]! : from.fixed));
}

/** The form's own operand values for the row's ones, or undefined when the row's values are not of this form. */
export function formValues(form: Form, values: readonly number[]): number[] | undefined {
  const own = new Array<number | undefined>(form.names.length);
  for (let k = 0; k < values.length; k++) {
    const from = form.template[k]!;
    const value = values[k]!;
    if (typeof from !== 'number') {
      if (from.fixed !== value) return undefined;
    } else if (own[from] === undefined) own[from] = value;
    else if (own[from] !== value) return undefined;
  }
  return own as number[];
}
