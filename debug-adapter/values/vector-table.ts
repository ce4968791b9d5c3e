import { vNames } from '../../isa/registers.js';
import { format } from '../expressions/format.js';
import { type Place, within } from '../expressions/value.js';
import type { VectorFormat, VectorRow, VectorTable } from '../vector-messages.js';
import type { VectorContents } from './saved-vector.js';
import { type LaneMark, laneMarks } from './vector-lanes.js';
import { type Elements, elementsOf, elementTypes, lanesOf, vectorTypeOf } from './vector-register.js';

/** The most lanes of one answer. */
const MOST_LANES = 16_384;

/** What part of a table is wanted. */
export interface Part {
  readonly firstRow: number;
  readonly rows: number;
  readonly firstLane: number;
  readonly lanes: number;
  /** Leave out groups of zeros. */
  readonly nonzero?: boolean;
}

/** What a table is made of beside the registers themselves. */
export interface Surroundings {
  /** v0 masks the instruction at pc; whether its elements are floating point. */
  readonly masked: boolean;
  readonly floating?: boolean;
  /** All registers at the stop before. */
  readonly before?: Uint8Array;
  readonly other?: { readonly name: string; readonly contents: VectorContents };
}

const letters: Readonly<Record<LaneMark, string>> = { body: 'b', masked: 'm', tail: 't', prestart: 'p' };

/** `v8`, or `v8..v9` of a group. */
export const groupName = (n: number, size: number) =>
  size === 1 ? vNames[n] : `${vNames[n]}..${vNames[n + size - 1]}`;

/** Vector registers as rows of lanes. */
export function vectorTable(
  contents: VectorContents,
  wanted: VectorFormat,
  part: Part,
  { masked, floating, before, other }: Surroundings,
): VectorTable {
  const { vlenb, vl } = contents;
  const type = vectorTypeOf(contents.vtype);
  const vstart = Number(contents.vstart);
  const group = wanted.group ?? Math.max(1, type?.lmul ?? 1);
  const bytes = group * vlenb;
  const asVtype = `e${type?.sew ?? 8}`;
  const laneCount = elementsOf(contents.place(0), bytes, wanted.element ?? asVtype).count;
  const read = (n: number) => contents.place(n * group).read(0, bytes);
  const isZero = (data: Uint8Array) => data.every((byte) => byte === 0);
  const listed = Array.from({ length: 32 / group }, (_, n) => n).filter((n) => !part.nonzero || !isZero(read(n)));
  const rowCount = listed.length;
  const firstRow = Math.min(part.firstRow, rowCount);
  const firstLane = Math.min(part.firstLane, laneCount);
  const lanes = Math.min(part.lanes, laneCount - firstLane, MOST_LANES);
  const rows = Math.min(part.rows, rowCount - firstRow, Math.max(1, Math.floor(MOST_LANES / Math.max(1, lanes))));
  const state = { type, vl, vstart, vlenb, ...(masked && { mask: contents.place(0) }) };
  const comparable = before?.length === 32 * vlenb ? before : undefined;

  const row = (index: number): VectorRow => {
    const register = index * group;
    const now = read(index);
    const element = wanted.element ?? lanesOf(still(now), bytes, type, floating).view;
    const { bits } = elementsOf(still(now), bytes, element);
    const mark = laneMarks(state, bits);
    const text = laneText(element, wanted.radix);
    const numbers = Array.from({ length: lanes }, (_, n) => firstLane + n);
    const differs = (then: Uint8Array) => numbers.filter((lane) => !same(now, then, lane, bits));
    const copy = other?.contents.place(register).read(0, bytes);
    return {
      register,
      name: groupName(register, group),
      element,
      zero: isZero(now),
      values: numbers.map(text(now)),
      marks: numbers.map((lane) => letters[mark(lane)]).join(''),
      changed: comparable ? differs(comparable.subarray(register * vlenb, register * vlenb + bytes)) : [],
      other: copy ? differs(copy).map((lane) => [lane, text(copy)(lane)] as const) : [],
    };
  };
  return {
    vlenb,
    ...(type && { vtype: type.text }),
    vl,
    vstart,
    masked,
    group,
    rowCount,
    laneCount,
    firstRow,
    firstLane,
    rows: listed.slice(firstRow, firstRow + rows).map(row),
    hasBefore: comparable !== undefined,
    ...(other && { otherName: other.name }),
  };
}

/** Bytes that were read already, as a place. */
const still = (bytes: Uint8Array): Place => ({
  read: (offset, length) => bytes.subarray(offset, offset + length),
  write() {},
});

/** Has a lane the same bits in both? */
function same(a: Uint8Array, b: Uint8Array, lane: number, bits: number): boolean {
  if (bits < 8) return ((a[(lane * bits) >> 3]! ^ b[(lane * bits) >> 3]!) & (1 << (lane & 7))) === 0;
  const width = bits >> 3;
  for (let at = lane * width; at < (lane + 1) * width; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** How lanes of an element type are written; in another radix than decimal: their bits. */
function laneText(element: string, radix: VectorFormat['radix'] = 'd') {
  const plain = radix === 'd' || !elementTypes[element];
  const shown = plain ? element : `u${8 * elementTypes[element]!.size}`;
  return (bytes: Uint8Array) => {
    const { type, place, bits }: Elements = elementsOf(still(bytes), bytes.length, shown);
    return (lane: number): string => {
      const value = { type, place: within(place, lane * type.size) };
      if (plain) return format(value);
      const number = BigInt(format(value));
      return radix === 'x'
        ? `0x${number.toString(16).padStart(bits / 4, '0')}`
        : `0b${number.toString(2).padStart(bits, '0')}`;
    };
  };
}
