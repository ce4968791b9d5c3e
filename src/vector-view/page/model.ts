/** What the vector view's page knows, apart from how it draws it. */
import type { Look, VectorFormat, VectorRow, VectorTable } from '../messages.js';

/** What the user chose; kept when the page is hidden or loaded anew. */
export interface Choices {
  readonly element?: string;
  readonly group?: number;
  readonly radix: NonNullable<VectorFormat['radix']>;
  /** Leave out registers of zeros. */
  readonly nonzero: boolean;
  /** Draw a bar behind each value. */
  readonly bars: boolean;
  /** Stay with this task, wherever the focus goes. */
  readonly task?: number;
  /** The cell that keys act on. */
  readonly register: number;
  readonly lane: number;
}

export const initialChoices: Choices = { radix: 'd', nonzero: false, bars: false, register: 0, lane: 0 };

/** Element types by what people call them. */
export const elementChoices: readonly (readonly [value: string, label: string])[] = [
  ['', 'as vtype says'],
  ...[8, 16, 32, 64].map((bits) => [`e${bits}`, `e${bits}: signed`] as const),
  ...[8, 16, 32, 64].map((bits) => [`u${bits}`, `u${bits}: unsigned`] as const),
  ...['f16', 'bf16', 'f32', 'f64'].map((name) => [name, `${name}: floating point`] as const),
  ['mask', 'mask: a bit for each lane'],
];
export const groupChoices: readonly (readonly [value: string, label: string])[] = [
  ['', 'as vtype says'],
  ...[1, 2, 4, 8].map((size) => [String(size), size === 1 ? 'single registers' : `groups of ${size}`] as const),
];
export const radixChoices: readonly (readonly [value: string, label: string])[] = [
  ['d', 'decimal'],
  ['x', 'hexadecimal'],
  ['b', 'binary'],
];

/** Lanes beside the visible ones that are fetched with them, so that scrolling meets values. */
const MARGIN = 16;

/** The lanes that can be seen, from pixels. */
export function visibleLanes(scrollLeft: number, width: number, laneWidth: number): { first: number; count: number } {
  return { first: Math.max(0, Math.floor(scrollLeft / laneWidth)), count: Math.ceil(width / laneWidth) + 1 };
}

/** What to ask for so that some lanes can be shown. */
export function lookFor(choices: Choices, visible: { first: number; count: number }): Look {
  const { element, group, radix, nonzero, task } = choices;
  return {
    radix,
    ...(element && { element }),
    ...(group && { group }),
    ...(nonzero && { nonzero }),
    ...(task !== undefined && { task }),
    firstLane: Math.max(0, visible.first - MARGIN),
    lanes: visible.count + 2 * MARGIN,
  };
}

/** Are these lanes in the table? */
export function covers(table: VectorTable, visible: { first: number; count: number }): boolean {
  const loaded = table.rows[0]?.values.length ?? 0;
  const end = Math.min(visible.first + visible.count, table.laneCount);
  return table.rows.length === 0 || (table.firstLane <= visible.first && end <= table.firstLane + loaded);
}

/** The row that a register is in, by its place among the table's rows. */
export function rowOf(table: VectorTable, register: number): number {
  return Math.max(
    0,
    table.rows.findLastIndex((row) => row.register <= register),
  );
}

/** Where a key leads from a cell; undefined: it leads nowhere. `page`: lanes that are seen at once. */
export function moved(
  table: VectorTable,
  at: { readonly register: number; readonly lane: number },
  key: string,
  control: boolean,
  page: number,
): { register: number; lane: number } | undefined {
  const row = rowOf(table, at.register);
  const to = (nextRow: number, lane: number) => {
    const found = table.rows[Math.min(Math.max(nextRow, 0), table.rows.length - 1)];
    return found && { register: found.register, lane: Math.min(Math.max(lane, 0), table.laneCount - 1) };
  };
  switch (key) {
    case 'ArrowLeft':
      return to(row, control ? 0 : at.lane - 1);
    case 'ArrowRight':
      return to(row, control ? table.laneCount : at.lane + 1);
    case 'ArrowUp':
      return to(control ? 0 : row - 1, at.lane);
    case 'ArrowDown':
      return to(control ? table.rows.length : row + 1, at.lane);
    case 'Home':
      return to(control ? 0 : row, 0);
    case 'End':
      return to(control ? table.rows.length : row, table.laneCount);
    case 'PageUp':
      return to(row, at.lane - page);
    case 'PageDown':
      return to(row, at.lane + page);
  }
  return undefined;
}

const markWords: Readonly<Record<string, string>> = { m: 'masked off', t: 'tail', p: 'before vstart' };

export interface Cell {
  readonly value: string;
  /** `body`, `masked`, `tail`, `prestart`. */
  readonly mark: 'body' | 'masked' | 'tail' | 'prestart';
  readonly changed: boolean;
  /** What the other copy has, where it differs. */
  readonly other?: string;
  /** The lane that vstart names, of an instruction that was interrupted. */
  readonly isStart: boolean;
  /** All of it in words: for screen readers, and as a tip. */
  readonly label: string;
}

const marks = { b: 'body', m: 'masked', t: 'tail', p: 'prestart' } as const;

/** A lane of a row; undefined where it is not loaded. */
export function cellOf(table: VectorTable, row: VectorRow, lane: number): Cell | undefined {
  const index = lane - table.firstLane;
  const value = row.values[index];
  if (value === undefined) return undefined;
  const letter = row.marks[index] as keyof typeof marks;
  const changed = row.changed.includes(lane);
  const other = row.other.find(([number]) => number === lane)?.[1];
  const isStart = table.vstart > 0 && lane === table.vstart;
  const words = [
    `${row.name}[${lane}] = ${value}`,
    ...(markWords[letter] ? [markWords[letter]] : []),
    ...(isStart ? ['vstart'] : []),
    ...(changed ? ['changed since the last stop'] : []),
    ...(other === undefined ? [] : [`${other} in ${table.otherName}`]),
  ];
  return {
    value,
    mark: marks[letter] ?? 'body',
    changed,
    ...(other !== undefined && { other }),
    isStart,
    label: words.join(', '),
  };
}

/** How long a bar is for each value of a row, from -1 to 1: in proportion to the largest that is seen. */
export function barsOf(values: readonly string[]): number[] {
  const numbers = values.map((text) => (text.startsWith('-0x') ? 0 : Number(text)));
  const finite = numbers.map((number) => (Number.isFinite(number) ? number : 0));
  const most = Math.max(...finite.map(Math.abs), 0);
  return finite.map((number) => (most === 0 ? 0 : number / most));
}

/** As what a typed value is taken: what is shown as bits is typed as bits. */
export function editedElement(element: string, radix: Choices['radix']): string {
  return radix === 'd' ? element : element.replace(/^b?f/, 'u');
}

/** The most characters of a value, to make columns wide enough. */
export function widest(table: VectorTable): number {
  return Math.max(3, ...table.rows.map(({ values }) => Math.max(0, ...values.map(({ length }) => length))));
}
