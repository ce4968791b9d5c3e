/** Vector reductions: one element from vs1[0] and every active element of vs2. */
import type { Instruction } from '../types.js';
import { OPFVV, OPIVV, OPMVV, vectorReduction } from './rows.js';
import { FLOAT, INTEGER, type Reduction, WIDE_FLOAT, WIDE_INTEGER } from './shapes.js';

type Fold = Reduction['element'];

const integerFold = (name: string, funct6: number, begins: Reduction['begins'], fold: Fold, doc: string) =>
  vectorReduction(name, funct6, OPMVV, INTEGER, INTEGER, fold, doc, begins);
const wideFold = (name: string, funct6: number, signed: boolean, doc: string) =>
  vectorReduction(
    name,
    funct6,
    OPIVV,
    WIDE_INTEGER,
    INTEGER,
    (sum, a, { vd }) => sum.add(a.to(vd, signed)),
    doc,
    'zero',
  );
const floatFold = (name: string, funct6: number, fold: Fold, doc: string) =>
  vectorReduction(name, funct6, OPFVV, FLOAT, FLOAT, fold, doc);
const wideFloatFold = (name: string, funct6: number, doc: string) =>
  vectorReduction(
    name,
    funct6,
    OPFVV,
    WIDE_FLOAT,
    FLOAT,
    (sum, a, { float, vd }) => float.add(sum, float.convert(a, vd as 'f32' | 'f64')),
    doc,
  );

// The unordered sums may add in any order; they add in element order, as the ordered ones must.
export const reduction: readonly Instruction[] = [
  integerFold('vredsum', 0b000000, 'zero', (sum, a) => sum.add(a), 'Sum.'),
  integerFold('vredmaxu', 0b000110, 'vs1', (sum, a) => sum.maxU(a), 'Largest, unsigned.'),
  integerFold('vredmax', 0b000111, 'vs1', (sum, a) => sum.maxS(a), 'Largest, signed.'),
  integerFold('vredminu', 0b000100, 'vs1', (sum, a) => sum.minU(a), 'Smallest, unsigned.'),
  integerFold('vredmin', 0b000101, 'vs1', (sum, a) => sum.minS(a), 'Smallest, signed.'),
  integerFold('vredand', 0b000001, 'vs1', (sum, a) => sum.and(a), 'And of all.'),
  integerFold('vredor', 0b000010, 'vs1', (sum, a) => sum.or(a), 'Or of all.'),
  integerFold('vredxor', 0b000011, 'zero', (sum, a) => sum.xor(a), 'Exclusive or of all.'),
  wideFold('vwredsumu', 0b110000, false, 'Sum to double width, unsigned.'),
  wideFold('vwredsum', 0b110001, true, 'Sum to double width, signed.'),
  floatFold('vfredosum', 0b000011, (sum, a, { float }) => float.add(sum, a), 'Sum, in element order.'),
  floatFold('vfredusum', 0b000001, (sum, a, { float }) => float.add(sum, a), 'Sum, in any order.'),
  floatFold('vfredmax', 0b000111, (sum, a, { float }) => float.max(sum, a), 'Largest.'),
  floatFold('vfredmin', 0b000101, (sum, a, { float }) => float.min(sum, a), 'Smallest.'),
  wideFloatFold('vfwredosum', 0b110011, 'Sum to double width, in element order.'),
  wideFloatFold('vfwredusum', 0b110001, 'Sum to double width, in any order.'),
];
