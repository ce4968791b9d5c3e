/** Vector loads and stores. */
import type { Instruction } from '../types.js';
import { type Eew, vectorMemory } from './rows.js';

const widths: readonly Eew[] = [8, 16, 32, 64];
const both = ['load', 'store'] as const;
const letter = { load: 'l', store: 's' } as const;
const verb = { load: 'Load', store: 'Store' } as const;

/** lumop and sumop, at bit 20: what a unit-stride access is. */
const WHOLE = 0b01000 << 20;
const MASK = 0b01011 << 20;
const FAULT_FIRST = 0b10000 << 20;
/** nf, which counts from 0. */
const several = (n: number) => ((n - 1) << 29) >>> 0;

/** Every access exists for plain elements and for segments of 2 to 8 fields. */
const segments = [1, 2, 3, 4, 5, 6, 7, 8];
const segment = (fields: number) => (fields === 1 ? '' : `seg${fields}`);
const what = (fields: number, eew: number) =>
  fields === 1 ? `${eew}-bit elements` : `segments of ${fields} ${eew}-bit fields, a register group for each field`;

const unit = (fields: number) =>
  both.flatMap((direction) =>
    widths.map((eew) =>
      vectorMemory(
        `v${letter[direction]}${segment(fields)}e${eew}.v`,
        direction,
        'unit',
        eew,
        '(rs1), vm',
        { address: 'unit', fields },
        `${verb[direction]} consecutive ${what(fields, eew)}.`,
        several(fields),
      ),
    ),
  );

const faultFirst = (fields: number) =>
  widths.map((eew) =>
    vectorMemory(
      `vl${segment(fields)}e${eew}ff.v`,
      'load',
      'unit',
      eew,
      '(rs1), vm',
      { address: 'fault-first', fields },
      `Load consecutive ${what(fields, eew)}; a fault after the first makes vl smaller.`,
      FAULT_FIRST | several(fields),
    ),
  );

const mask = both.map((direction) =>
  vectorMemory(
    `v${letter[direction]}m.v`,
    direction,
    'unit',
    8,
    '(rs1)',
    { address: 'mask' },
    `${verb[direction]} a mask: vl bits, in whole bytes.`,
    MASK,
  ),
);

const strided = (fields: number) =>
  both.flatMap((direction) =>
    widths.map((eew) =>
      vectorMemory(
        `v${letter[direction]}s${segment(fields)}e${eew}.v`,
        direction,
        'strided',
        eew,
        '(rs1), rs2, vm',
        { address: 'strided', fields },
        `${verb[direction]} ${what(fields, eew)}, rs2 bytes apart.`,
        several(fields),
      ),
    ),
  );

const orders = {
  u: { mode: 'indexedUnordered', text: 'in any order' },
  o: { mode: 'indexedOrdered', text: 'in element order' },
} as const;

const indexed = (fields: number) =>
  both.flatMap((direction) =>
    (['u', 'o'] as const).flatMap((order) =>
      widths.map((eew) =>
        vectorMemory(
          `v${letter[direction]}${order}x${segment(fields)}ei${eew}.v`,
          direction,
          orders[order].mode,
          eew,
          '(rs1), vs2, vm',
          { address: 'indexed', fields },
          `${verb[direction]} ${fields === 1 ? 'elements' : `segments of ${fields} fields`} at ${eew}-bit byte offsets, ${orders[order].text}.`,
          several(fields),
        ),
      ),
    ),
  );

const registers = (n: number) => (n === 1 ? 'a whole register' : `${n} whole registers`);
const whole = [1, 2, 4, 8].flatMap((n) => [
  ...widths.map((eew) =>
    vectorMemory(
      `vl${n}re${eew}.v`,
      'load',
      'unit',
      eew,
      '(rs1)',
      { address: 'whole', registers: n },
      `Load ${registers(n)}, whatever vl and vtype.`,
      WHOLE | several(n),
    ),
  ),
  vectorMemory(
    `vs${n}r.v`,
    'store',
    'unit',
    8,
    '(rs1)',
    { address: 'whole', registers: n },
    `Store ${registers(n)}, whatever vl and vtype.`,
    WHOLE | several(n),
  ),
]);

export const memory: readonly Instruction[] = [
  ...segments.flatMap(unit),
  ...mask,
  ...segments.flatMap(strided),
  ...segments.flatMap(indexed),
  ...segments.flatMap(faultFirst),
  ...whole,
];
