/** How vector rows are spelled (vector specification, "Vector Instruction Formats"). */
import { LOAD_FP, OP_V, OP_VE, row, STORE_FP } from '../rows.js';
import type { Instruction } from '../types.js';
import type { FloatElement, Value } from '../vocabulary.js';
import {
  type ElementGroup,
  type ElementScope,
  type ElementWise,
  FLOAT,
  INTEGER,
  MASK,
  type Place,
  type Reduction,
  type VectorMemory,
  type VectorSemantics,
  WIDE_FLOAT,
  WIDE_INTEGER,
} from './shapes.js';

/** funct3 of OP-V: integer, multiply and mask, floating point; by vectors, immediate, scalar. */
export const OPIVV = 0b000;
export const OPFVV = 0b001;
export const OPMVV = 0b010;
export const OPIVI = 0b011;
export const OPIVX = 0b100;
export const OPFVF = 0b101;
export const OPMVX = 0b110;
export const OPCFG = 0b111;

const UNMASKED = 1 << 25;
const vector = (of: VectorSemantics) => ({ kind: 'vector', vector: of }) as const;

/** One OP-V row. Without `vm` among the operands it is the unmasked form (bit 25 set), unless it takes v0 as data. */
export function op(
  name: string,
  funct6: number,
  funct3: number,
  syntax: string,
  of: VectorSemantics,
  doc: string,
  fields = 0,
) {
  const open = /\b(vm|v0)\b/.test(syntax) ? 0 : UNMASKED;
  return row(name, 4, (OP_V | (funct3 << 12) | (funct6 << 26) | open | fields) >>> 0, syntax, vector(of), doc);
}

/** Values of the fields that say which unary operation it is, or that must be zero. */
export const vs1Is = (n: number) => n << 15;
export const vs2Is = (n: number) => n << 20;

/** Suffix of the mnemonic: the second operand it stands for, and its funct3 in the integer, multiply and float groups. */
const forms = {
  vv: { operand: 'vs1', integer: OPIVV, multiply: OPMVV, float: OPFVV },
  vx: { operand: 'rs1', integer: OPIVX, multiply: OPMVX, float: -1 },
  vi: { operand: 'simm5', integer: OPIVI, multiply: -1, float: -1 },
  /** An immediate without sign; also written vi. */
  vu: { operand: 'uimm5', integer: OPIVI, multiply: -1, float: -1 },
  vf: { operand: 'fs1', integer: -1, multiply: -1, float: OPFVF },
} as const;
export type Form = keyof typeof forms;
type Group = 'integer' | 'multiply' | 'float';
type ElementExpression = ElementWise['element'];

interface Spelling {
  /** First letter of the suffix: w for instructions whose vs2 is wide. */
  readonly first?: 'v' | 'w';
  /** Takes v0 as data: `.vvm` and a last operand `v0`. */
  readonly carry?: boolean;
  /** Multiply-adds are written with vs1 before vs2. */
  readonly order?: 'vs1 first';
  /** No mask operand: the encoding has bit 25 set. */
  readonly unmasked?: boolean;
}

/** The rows of an element-wise instruction, one per form. */
export function elementWise(
  group: Group,
  name: string,
  funct6: number,
  which: readonly Form[],
  of: Omit<ElementWise, 'shape'>,
  doc: string,
  { first = 'v', carry = false, order, unmasked = false }: Spelling = {},
): Instruction[] {
  // One meaning for all forms: who generates loops from it sees that they share it.
  const meaning: ElementWise = { shape: 'element-wise', ...of };
  return which.map((form) => {
    const { operand, [group]: funct3 } = forms[form];
    const suffix = first + (form === 'vu' ? 'i' : form[1]) + (carry ? 'm' : '');
    const sources = order ? `${operand}, vs2` : `vs2, ${operand}`;
    const last = carry ? ', v0' : unmasked ? '' : ', vm';
    return op(`${name}.${suffix}`, funct6, funct3, `vd, ${sources}${last}`, meaning, doc);
  });
}

export const places = (vd: Place, vs2: Place, vs1: Place, element: ElementExpression) => ({ vd, vs2, vs1, element });

/** SEW = SEW op SEW; a is vs2's element, b vs1's, the scalar or the immediate, d vd's old one. */
export const vectorInteger = (
  name: string,
  funct6: number,
  which: readonly Form[],
  element: ElementExpression,
  doc: string,
) => elementWise('integer', name, funct6, which, places(INTEGER, INTEGER, INTEGER, element), doc);

/** The same in the multiply group. */
export const vectorMultiply = (
  name: string,
  funct6: number,
  which: readonly Form[],
  element: ElementExpression,
  doc: string,
) => elementWise('multiply', name, funct6, which, places(INTEGER, INTEGER, INTEGER, element), doc);

/** Integer multiply-add, written vd, vs1, vs2. */
export const vectorMultiplyAdd = (name: string, funct6: number, element: ElementExpression, doc: string) =>
  elementWise('multiply', name, funct6, ['vv', 'vx'], places(INTEGER, INTEGER, INTEGER, element), doc, {
    order: 'vs1 first',
  });

/** Integer compare: a mask. */
export const vectorCompare = (
  name: string,
  funct6: number,
  which: readonly Form[],
  element: ElementExpression,
  doc: string,
) => elementWise('integer', name, funct6, which, places(MASK, INTEGER, INTEGER, element), doc);

/** Is this operand extended by sign (s) or by zero (u): vs2's letter first. */
type Signs = 'ss' | 'uu' | 'su' | 'us';
export const widened =
  (signs: Signs, element: (a: Value, b: Value, d: Value) => Value): ElementExpression =>
  (a, b, d, o) =>
    element(a.to(o.vd, signs[0] === 's'), b.to(o.vd, signs[1] === 's'), d);

/** 2 SEW = SEW op SEW, both extended first. */
export const vectorWidening = (
  name: string,
  funct6: number,
  which: readonly Form[],
  signs: Signs,
  element: (a: Value, b: Value, d: Value) => Value,
  doc: string,
  order?: Spelling['order'],
) =>
  elementWise('multiply', name, funct6, which, places(WIDE_INTEGER, INTEGER, INTEGER, widened(signs, element)), doc, {
    order,
  });

/** 2 SEW = 2 SEW op SEW: `.wv`, `.wx`. */
export const vectorWide = (
  name: string,
  funct6: number,
  signs: Signs,
  element: (a: Value, b: Value) => Value,
  doc: string,
) =>
  elementWise(
    'multiply',
    name,
    funct6,
    ['vv', 'vx'],
    places(WIDE_INTEGER, WIDE_INTEGER, INTEGER, widened(signs, element)),
    doc,
    { first: 'w' },
  );

/** SEW = 2 SEW shifted by SEW: `.wv`, `.wx`, `.wi`. */
export const vectorNarrowing = (name: string, funct6: number, element: (a: Value, b: Value) => Value, doc: string) =>
  elementWise(
    'integer',
    name,
    funct6,
    ['vv', 'vx', 'vu'],
    places(INTEGER, WIDE_INTEGER, INTEGER, (a, b, _, o) => element(a, b.to(o.vs2, false))),
    doc,
    { first: 'w' },
  );

/** Floating-point SEW = SEW op SEW. */
export const vectorFloat = (
  name: string,
  funct6: number,
  which: readonly Form[],
  element: ElementExpression,
  doc: string,
) => elementWise('float', name, funct6, which, places(FLOAT, FLOAT, FLOAT, element), doc);

/** Floating-point compare: a mask. */
export const vectorFloatCompare = (
  name: string,
  funct6: number,
  which: readonly Form[],
  element: ElementExpression,
  doc: string,
) => elementWise('float', name, funct6, which, places(MASK, FLOAT, FLOAT, element), doc);

/** Fused multiply-add of SEW, written vd, vs1, vs2. */
export const vectorFloatMultiplyAdd = (name: string, funct6: number, element: ElementExpression, doc: string) =>
  elementWise('float', name, funct6, ['vv', 'vf'], places(FLOAT, FLOAT, FLOAT, element), doc, { order: 'vs1 first' });

type FloatExpression = (a: Value, b: Value, d: Value, o: ElementScope) => Value;
/** Both operands made wide before the operation: a narrow number is exact as a wide one. */
export const promoted =
  (element: FloatExpression): ElementExpression =>
  (a, b, d, o) =>
    element(wide(a, o), wide(b, o), d, o);
const wide = (v: Value, o: ElementScope) => (v.shape === o.vd ? v : o.float.convert(v, o.vd as FloatElement));

/** Floating-point 2 SEW = SEW op SEW. */
export const vectorFloatWidening = (
  name: string,
  funct6: number,
  element: FloatExpression,
  doc: string,
  order?: Spelling['order'],
) =>
  elementWise('float', name, funct6, ['vv', 'vf'], places(WIDE_FLOAT, FLOAT, FLOAT, promoted(element)), doc, { order });

/** Floating-point 2 SEW = 2 SEW op SEW: `.wv`, `.wf`. */
export const vectorFloatWide = (name: string, funct6: number, element: FloatExpression, doc: string) =>
  elementWise('float', name, funct6, ['vv', 'vf'], places(WIDE_FLOAT, WIDE_FLOAT, FLOAT, promoted(element)), doc, {
    first: 'w',
  });

/** One source, `vd, vs2, vm`; `which` is the number in vs1's place. */
export const vectorUnary = (
  name: string,
  funct6: number,
  funct3: number,
  which: number,
  vd: Place,
  vs2: Place,
  element: (a: Value, o: ElementScope) => Value,
  doc: string,
  half?: string,
) =>
  op(
    name,
    funct6,
    funct3,
    'vd, vs2, vm',
    { shape: 'element-wise', vd, vs2, vs1: INTEGER, half, element: (a, _b, _d, o) => element(a, o) },
    doc,
    vs1Is(which),
  );

/** `.vs`: vd[0] from vs1[0] and all of vs2. */
export const vectorReduction = (
  name: string,
  funct6: number,
  funct3: number,
  vd: Place,
  vs2: Place,
  element: Reduction['element'],
  doc: string,
  begins?: Reduction['begins'],
) => op(`${name}.vs`, funct6, funct3, 'vd, vs2, vs1, vm', { shape: 'reduction', vd, vs2, element, begins }, doc);

/** A row of vector cryptography: on groups of elements, never masked. */
export const elementGroup = (
  name: string,
  funct6: number,
  syntax: string,
  of: Omit<ElementGroup, 'shape'>,
  doc: string,
  fields = 0,
) =>
  row(
    name,
    4,
    (OP_VE | (OPMVV << 12) | (funct6 << 26) | UNMASKED | fields) >>> 0,
    syntax,
    vector({ shape: 'element-group', ...of }),
    doc,
  );

/** Widths as the width field of loads and stores has them. */
const width = { 8: 0b000, 16: 0b101, 32: 0b110, 64: 0b111 } as const;
export type Eew = keyof typeof width;
const mop = { unit: 0, indexedUnordered: 1, strided: 2, indexedOrdered: 3 } as const;

/** A vector load or store. `fixed` holds lumop or sumop, and nf. */
export const vectorMemory = (
  name: string,
  what: 'load' | 'store',
  mode: keyof typeof mop,
  eew: Eew,
  syntax: string,
  of: Pick<VectorMemory, 'address'> & Partial<VectorMemory>,
  doc: string,
  fixed = 0,
) =>
  row(
    name,
    4,
    ((what === 'load' ? LOAD_FP : STORE_FP) |
      (width[eew] << 12) |
      (mop[mode] << 26) |
      (/\bvm\b/.test(syntax) ? 0 : UNMASKED) |
      fixed) >>>
      0,
    `${what === 'load' ? 'vd' : 'vs3'}, ${syntax}`,
    vector({ shape: 'memory', eew, registers: 1, fields: 1, ...of }),
    doc,
  );
