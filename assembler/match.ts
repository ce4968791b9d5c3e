/** Operands against the slots of a form: what each comes to, or what is wrong with it. */
import { csrNamed, csrs } from '../isa/csrs.js';
import { fliIndex } from '../isa/fli.js';
import { range } from '../isa/operands.js';
import { registerNamed } from '../isa/registers.js';
import type { OperandKind } from '../isa/types.js';
import { Mistake } from './diagnostics.js';
import type { Expression, Names } from './expression.js';
import { type Fixup, misfit, rangeText, type Relocation } from './fixup.js';
import type { Form, OperandSlot, Slot } from './form.js';
import type { Operand } from './operand.js';
import { suggest } from './suggest.js';
import { fenceSet, roundingModes, vtypeValue } from './words.js';

/** An operand's value: known, or waiting for an address. */
export type Matched =
  | number
  | {
      readonly expression: Expression;
      readonly how: Relocation;
      readonly kind: OperandKind;
      readonly operand: { readonly start: number; readonly end: number };
      /** See Fixup. */
      readonly auipc?: Fixup['auipc'];
    };

const articles: Partial<Record<OperandKind['class'], string>> = {
  x: 'an integer register',
  f: 'a floating-point register',
  v: 'a vector register',
  target: 'a label or an address',
  csr: 'a CSR',
  rounding: 'a rounding mode: rne, rtz, rdn, rup, rmm or dyn',
  fence: 'a set of i, o, r, w in this order',
  mask: 'the mask v0.t',
  vtype: 'an element width: e8, e16, e32 or e64',
  fli: 'one of the numbers that fli knows: 1.0 or 0x1p-15, min, inf, nan',
};

/** What an operand kind asks for, in words. */
export function expectation(kind: OperandKind): string {
  if (kind.class === 'unit') return `a register ${kind.file}0 to ${kind.file}${range(kind).max}`;
  const text = articles[kind.class] ?? `a number ${rangeText(kind)}`;
  if (!'xfv'.includes(kind.class)) return text;
  if (kind.base)
    return `${text.replace(/^an? /, 'one of the eight ')}s of compressed instructions (${compressedRange(kind)})`;
  if (kind.except?.includes(1)) return text.replace('an integer', 'an even-numbered integer');
  return text + (kind.except ? ` other than x${kind.except.join(', x')}` : '');
}
const compressedRange = (kind: OperandKind) => (kind.class === 'x' ? 's0, s1, a0 to a5' : 'fs0, fs1, fa0 to fa5');

function wrong(kind: OperandKind, operand: Operand): never {
  throw new Mistake(`expected ${expectation(kind)}`, operand.start, operand.end);
}

function register(kind: OperandKind, operand: Operand, found = operand.register): number {
  const n = found?.number;
  const last = (kind.base ?? 0) + 7;
  if (n === undefined || found!.class !== kind.class || kind.except?.includes(n)) wrong(kind, operand);
  if (kind.base !== undefined && (n < kind.base || n > last)) wrong(kind, operand);
  return n;
}

/** A register of an extension's unit. Elsewhere its name is a symbol like any other. */
function unitRegister(kind: OperandKind, operand: Operand): number {
  const digits = operand.word?.startsWith(kind.file!) ? operand.word.slice(kind.file!.length) : '';
  return /^\d$|^[1-9]\d+$/.test(digits) && Number(digits) <= range(kind).max ? Number(digits) : wrong(kind, operand);
}

/** An immediate or target: known numbers are checked now, the rest when addresses are known. */
export function immediate(kind: OperandKind, operand: Operand, names: Names): Matched {
  if (operand.register) wrong(kind, operand);
  const expression = operand.expression(names);
  const how = operand.relocation ?? (kind.class === 'target' ? 'target' : 'value');
  const upper = how.endsWith('hi');
  if (operand.relocation && upper !== (kind.class === 'upper'))
    throw new Mistake(
      upper ? 'this makes an upper half, for lui or auipc' : 'this makes a lower half, for a 12-bit immediate',
      operand.start,
      operand.end,
    );
  if (how !== 'value' || typeof expression !== 'bigint') return { expression, how, kind, operand };
  const misfits = misfit(kind, expression);
  if (misfits) throw new Mistake(misfits, operand.start, operand.end, true);
  return Number(expression);
}

function csrNumber(kind: OperandKind, operand: Operand, names: Names): Matched {
  const csr = operand.word === undefined ? undefined : csrNamed(operand.word);
  if (csr) return csr.number;
  if (operand.register) wrong(kind, operand);
  const { word, start, end } = operand;
  if (word !== undefined && names.symbol(word).meaning === undefined) {
    const similar = suggest(
      word,
      csrs.map((each) => each.name),
    );
    throw new Mistake(`there is no CSR ${word}${similar}`, start, end);
  }
  return immediate(kind, operand, names);
}

function fliNumber(kind: OperandKind, operand: Operand, names: Names): number {
  const { word, float } = operand;
  const known = word !== undefined && /^(min|inf|nan)$/.test(word);
  const integer = known || !operand.plain || operand.relocation ? undefined : operand.expression(names);
  const written = known ? word : (float ?? (typeof integer === 'bigint' ? Number(integer) : undefined));
  const index = written === undefined ? undefined : fliIndex(written);
  return index ?? wrong(kind, operand);
}

function oneOperand(slot: OperandSlot, operand: Operand, names: Names): Matched {
  const kind = slot.operand;
  if (operand.base && !operand.offsetless) {
    throw new Mistake(`expected ${expectation(kind)}, without a register in parentheses`, operand.start, operand.end);
  }
  if (operand.base) wrong(kind, operand);
  switch (kind.class) {
    case 'x':
    case 'f':
    case 'v':
      return register(kind, operand);
    case 'unit':
      return unitRegister(kind, operand);
    case 'mask':
      return operand.word === 'v0.t' ? 0 : wrong(kind, operand);
    case 'rounding': {
      const mode = roundingModes.indexOf(operand.word ?? '');
      return mode >= 0 ? mode : wrong(kind, operand);
    }
    case 'fence': {
      const set = operand.word === undefined ? undefined : fenceSet(operand.word);
      if (set !== undefined) return set;
      return operand.word === undefined && operand.plain && operand.expression(names) === 0n ? 0 : wrong(kind, operand);
    }
    case 'csr':
      return csrNumber(kind, operand, names);
    case 'fli':
      return fliNumber(kind, operand, names);
    default:
      return immediate(kind, operand, names);
  }
}

/** vtype as words, or as one number. */
function vtype(slot: OperandSlot, rest: readonly Operand[], names: Names): Matched {
  const first = rest[0]!;
  const looksLikeWords = first.word !== undefined && /^(e\d+|m[f\d]|t[au]$|m[au]$)/.test(first.word);
  if (rest.length === 1 && !looksLikeWords) return immediate(slot.operand, first, names);
  const value = vtypeValue(rest.map((operand) => operand.word ?? ''));
  if (typeof value === 'number') return value;
  const at = rest[value.wrong]!;
  throw new Mistake(`expected ${value.expected}`, at.start, at.end);
}

function slotOperand(slot: Slot, operand: Operand, names: Names, out: Matched[]): void {
  if (slot.kind === 'operand') {
    out[slot.index] = oneOperand(slot, operand, names);
    return;
  }
  if (slot.kind === 'word') {
    const wanted = registerNamed(slot.text);
    const { register: found, word } = operand;
    const same = wanted ? found?.class === wanted.class && found.number === wanted.number : word === slot.text;
    if (!same) throw new Mistake(`expected ${slot.text}`, operand.start, operand.end);
    return;
  }
  const { start, end } = operand;
  const shape = `${slot.offset ? 'an offset and ' : ''}a register in parentheses`;
  if (!operand.base) throw new Mistake(`expected ${shape}: ${slot.offset ? '8' : ''}(a0)`, start, end);
  if (slot.base.kind === 'operand') out[slot.base.index] = register(slot.base.operand, operand, operand.base);
  else if (operand.base.number !== registerNamed(slot.base.text)!.number || operand.base.class !== 'x')
    throw new Mistake(`expected (${slot.base.text})`, start, end);
  if (slot.offset)
    out[slot.offset.index] = operand.offsetless
      ? absentOffset(slot.offset, operand)
      : immediate(slot.offset.operand, operand, names);
  else if (!operand.offsetless && operand.expression(names) !== 0n)
    throw new Mistake('this instruction takes no offset', start, end);
}

function absentOffset(slot: OperandSlot, operand: Operand): number {
  const misfits = misfit(slot.operand, 0n);
  if (misfits) throw new Mistake(misfits, operand.start, operand.end);
  return 0;
}

type VtypeSlot = OperandSlot & { operand: { class: 'vtype' } };
const isVtype = (slot: Slot | undefined): slot is VtypeSlot =>
  slot?.kind === 'operand' && slot.operand.class === 'vtype';

/** Could so many operands be a form's? */
export function countFits(form: Form, count: number): boolean {
  return count >= form.required && (count <= form.slots.length || isVtype(form.slots.at(-1)));
}

/**
 * The values of the form's own operands.
 * @param ordering the mnemonic's suffix as a number, 0 when there is none
 * @throws Mistake
 */
export function match(form: Form, list: readonly Operand[], ordering: number, names: Names): Matched[] {
  const out = new Array<Matched>(form.names.length);
  if (form.ordering >= 0) out[form.ordering] = ordering;
  let at = 0;
  for (const slot of form.slots) {
    const operand = list[at];
    if (isVtype(slot)) {
      out[slot.index] = vtype(slot, list.slice(at), names);
      return out;
    }
    if (!operand) {
      if (slot.kind === 'operand') out[slot.index] = absentValue(slot.operand);
      continue;
    }
    slotOperand(slot, operand, names, out);
    at++;
  }
  const extra = list[at];
  if (extra)
    throw new Mistake(`unexpected operand: ${form.mnemonic} is written ${written(form)}`, extra.start, extra.end);
  return out;
}

const absentValue = (kind: OperandKind) => (kind.class === 'mask' ? 1 : (kind.absent ?? 7));

/** Operand kinds as users know them. */
const names: Partial<Record<OperandKind['class'], string>> = {
  mask: 'v0.t',
  signed: 'number',
  unsigned: 'number',
  upper: 'number',
  target: 'label',
  csr: 'csr',
  rounding: 'mode',
  vtype: 'e32, m2, ta, ma',
  fli: 'number',
};

/** How a form is written: `vadd.vv vd, vs2, vs1 [, v0.t]`. */
export function written(form: Form): string {
  const one = (slot: Slot): string => {
    if (slot.kind === 'word') return slot.text;
    if (slot.kind === 'memory') return `${slot.offset ? one(slot.offset) : ''}(${one(slot.base)})`;
    return names[slot.operand.class] ?? /^c?([rfv][ds][0-9]?)/.exec(slot.name)?.[1] ?? slot.name;
  };
  const required = form.slots.slice(0, form.required).map(one).join(', ');
  const optional = form.slots.slice(form.required).map((slot) => ` [, ${one(slot)}]`);
  return `${form.mnemonic} ${required}${optional.join('')}`.trimEnd();
}
