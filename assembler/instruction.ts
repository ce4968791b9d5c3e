/** From mnemonic and operands to bytes in the current section: the table's rows and their aliases. */
import { encode } from '../isa/encode.js';
import { lacking, satisfied, spoken } from '../isa/requires.js';
import { instructions } from '../isa/table.js';
import type { Instruction } from '../isa/types.js';
import { aliases } from './aliases.js';
import { compress } from './compress.js';
import { Mistake } from './diagnostics.js';
import { type Form, formOfRow, rowValues } from './form.js';
import { countFits, match, type Matched, written } from './match.js';
import type { Operand } from './operand.js';
import { Jump } from './relax.js';
import { suggest } from './suggest.js';
import type { Unit } from './unit.js';

/** Ways to write each mnemonic, the row's own first. */
const forms = new Map<string, Form[]>();
for (const form of [...instructions.map(formOfRow), ...aliases]) {
  const list = forms.get(form.mnemonic);
  if (list) list.push(form);
  else forms.set(form.mnemonic, [form]);
}

/** All mnemonics of rows and aliases. */
export const mnemonics = (): IterableIterator<string> => forms.keys();

const orderings = ['', '.rl', '.aq', '.aqrl'];

/** Forms of a mnemonic, with its ordering suffix taken off where it has one. */
export function formsOf(mnemonic: string): { list: readonly Form[]; ordering: number } | undefined {
  const exact = forms.get(mnemonic);
  if (exact) return { list: exact, ordering: 0 };
  const suffix = /\.(aqrl|aq|rl)$/.exec(mnemonic);
  if (!suffix) return undefined;
  const list = forms.get(mnemonic.slice(0, suffix.index))?.filter((form) => form.ordering >= 0);
  return list?.length ? { list, ordering: orderings.indexOf(suffix[0]) } : undefined;
}

/** How the forms are written, for a message. */
function howWritten(list: readonly Form[]): string {
  const ways = [...new Set(list.map(written))];
  return ways.length > 1 ? `${ways.slice(0, -1).join('; ')} or ${ways.at(-1)}` : ways[0]!;
}

/** Assemble one instruction of the table. @throws Mistake */
export function assembleInstruction(unit: Unit, mnemonic: string, start: number, list: readonly Operand[]): void {
  const found = formsOf(mnemonic);
  if (!found)
    throw new Mistake(
      `unknown instruction ${mnemonic}${suggest(mnemonic, unit.knownMnemonics())}`,
      start,
      start + mnemonic.length,
    );
  const candidates = found.list.filter((form) => countFits(form, list.length));
  if (!candidates.length) {
    const end = list.at(-1)?.end ?? start + mnemonic.length;
    const place = list.length ? list[0]!.start : start;
    throw new Mistake(`wrong number of operands: expected ${howWritten(found.list)}`, place, end);
  }
  let furthest: Mistake | undefined;
  // What the architecture lacks counts only when it has no other instruction of this name.
  let lacked: Form | undefined;
  for (const form of candidates) {
    let values: Matched[];
    try {
      values = match(form, list, found.ordering, unit);
    } catch (mistake) {
      if (!(mistake instanceof Mistake)) throw mistake;
      if (!furthest || mistake.start > furthest.start || (mistake.near && mistake.start === furthest.start))
        furthest = mistake;
      continue;
    }
    if (!satisfied(form.row.requires, (name) => unit.has(name))) {
      lacked ??= form;
      continue;
    }
    emit(unit, form.row, rowValues(form, values), form.bits);
    return;
  }
  if (lacked) requireExtensions(unit, lacked.row, mnemonic, start);
  throw furthest!;
}

/** @throws Mistake when the architecture in force lacks one */
export function requireExtensions(unit: Unit, row: Instruction, mnemonic: string, start: number): void {
  const missing = lacking(row.requires, (name) => unit.has(name)).map(spoken);
  if (!missing.length) return;
  const which = missing.length > 1 ? `extensions ${missing.join(' and ')}` : `extension ${missing[0]}`;
  throw new Mistake(`${mnemonic} needs the ${which}, which ${unit.archText()} lacks`, start, start + mnemonic.length);
}

/** Emit a row with its operand values: compressed where that is possible and allowed. */
export function emit(unit: Unit, row: Instruction, values: readonly Matched[], bits = 0): void {
  unit.beginInstruction();
  const deferred = values.filter((value) => typeof value !== 'number');
  const numbers = values.map((value) => (typeof value === 'number' ? value : 0));
  const last = deferred[0];
  if (
    last &&
    last.how === 'target' &&
    (row.semantics.kind === 'branch' || row.semantics.kind === 'jump') &&
    row.length === 4
  ) {
    const { start, end } = last.operand;
    const relaxed = row.semantics.kind === 'branch' || numbers[0] === 0;
    if (relaxed) {
      const has = (name: string) => unit.has(name);
      unit.section.elastic(new Jump(row, numbers, last.expression, { statement: unit.statement, start, end }, has));
      return;
    }
  }
  const shorter = deferred.length || bits ? undefined : compress(row, numbers, (name) => unit.has(name));
  if (shorter) {
    unit.word(encode(shorter.row, shorter.values), 2);
    return;
  }
  for (const { expression, how, kind, operand, auipc } of deferred)
    unit.fixup(expression, operand.start, operand.end, { operand: kind, how, length: row.length }, auipc);
  unit.word((encode(row, numbers) | bits) >>> 0, row.length);
}
