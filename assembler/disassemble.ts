/** From an instruction word to text, as GNU objdump writes it. */
import { isLong, rowOf } from '../isa/decode.js';
import { extract, operandNames, operands } from '../isa/operands.js';
import { instructionNamed } from '../isa/table.js';
import type { Instruction } from '../isa/types.js';
import { printedAliases } from './aliases.js';
import { type Form, formOfRow, formValues, type Slot } from './form.js';
import { operandText, type Surroundings } from './print.js';

export interface DisassemblyOptions {
  /** Extensions that are present; default: all. */
  readonly has?: (extension: string) => boolean;
  readonly symbols?: Surroundings['symbols'];
  /** Write pseudo-instructions, and compressed forms by the name of what they stand for; default true. */
  readonly aliases?: boolean;
}

export interface Disassembly {
  readonly text: string;
  /** Bytes that the instruction takes. */
  readonly length: 2 | 4;
  /** The row of the word itself (the compressed one), undefined when it is no instruction. */
  readonly row: Instruction | undefined;
}

const ownForm = new Map<Instruction, Form>();
const formOf = (row: Instruction) => {
  let form = ownForm.get(row);
  if (!form) {
    form = formOfRow(row);
    ownForm.set(row, form);
  }
  return form;
};

const aliasesOf = new Map<Instruction, Form[]>();
for (const form of printedAliases) aliasesOf.set(form.row, [...(aliasesOf.get(form.row) ?? []), form]);

/** Operand values of a word, in the row's syntax order. */
export function valuesOf(row: Instruction, word: number): number[] {
  return operandNames(row).map((name) => extract(operands[name], word));
}

/** The row of full length that a compressed one stands for, and its operand values. */
export function expand(
  row: Instruction,
  values: readonly number[],
): { row: Instruction; values: number[] } | undefined {
  if (row.semantics.kind !== 'expand') return undefined;
  const names: readonly string[] = operandNames(row);
  const to = instructionNamed(row.semantics.to);
  if (!to) return undefined;
  return {
    row: to,
    values: row.semantics.as.map((each) => (typeof each === 'number' ? each : values[names.indexOf(each)]!)),
  };
}

function slotText(slot: Slot, values: readonly number[], around: Surroundings): string | undefined {
  if (slot.kind === 'word') return slot.text;
  if (slot.kind === 'operand') return operandText(slot.operand, values[slot.index]!, around);
  const offset = slot.offset ? slotText(slot.offset, values, around) : '';
  return `${offset}(${slotText(slot.base, values, around)})`;
}

function formText(form: Form, values: readonly number[], around: Surroundings): string | undefined {
  const ordering =
    form.ordering >= 0 ? operandText(operands[form.names[form.ordering]!], values[form.ordering]!, around) : '';
  const texts = form.slots.map((slot) => slotText(slot, values, around));
  if (texts.includes(undefined)) return undefined;
  const list = texts.filter((text) => text !== '').join(',');
  return form.mnemonic + ordering + (list && ` ${list}`);
}

/**
 * Disassemble one instruction. What is no instruction comes out as data: `.2byte 0x0` or `.4byte 0x…`.
 * @param word 32 bits at pc; of a compressed instruction the upper half is not looked at
 * @param pc its address, for branch targets
 */
export function disassemble(word: number, pc: bigint, options: DisassemblyOptions = {}): Disassembly {
  const length = isLong(word) ? 4 : 2;
  const bits = length === 4 ? word >>> 0 : word & 0xffff;
  const data = { text: `.${length}byte 0x${bits.toString(16)}`, length, row: undefined } as const;
  // All zeros is the one illegal instruction with a name.
  if (bits === 0) return { ...data, text: options.aliases === false ? 'c.unimp' : 'unimp' };
  const row = rowOf(bits, options.has);
  if (!row) return data;
  const around = { pc, symbols: options.symbols };
  const values = valuesOf(row, bits);
  if (options.aliases === false) {
    const text = formText(formOf(row), values, around);
    return text === undefined ? data : { text, length, row };
  }
  const meant = expand(row, values) ?? { row, values };
  for (const reading of meant.row === row ? [meant] : [{ row, values }, meant]) {
    for (const form of aliasesOf.get(reading.row) ?? []) {
      if (form.bits && (bits & form.bits) >>> 0 !== form.bits) continue;
      const own = formValues(form, reading.values);
      if (own?.every((value) => value !== undefined))
        return { text: formText(form, own, around) ?? data.text, length, row };
    }
  }
  const text = formText(formOf(meant.row), meant.values, around);
  return text === undefined ? data : { text, length, row };
}
