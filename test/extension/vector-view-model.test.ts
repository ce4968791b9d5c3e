/** What the vector view's page knows, without a page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VectorRow, VectorTable } from '../../src/vector-view/messages.js';
import {
  barsOf,
  cellOf,
  covers,
  editedElement,
  initialChoices,
  lookFor,
  moved,
  rowOf,
  visibleLanes,
  widest,
} from '../../src/vector-view/page/model.js';

const row = (register: number, more: Partial<VectorRow> = {}): VectorRow => ({
  register,
  name: `v${register}..v${register + 1}`,
  element: 'e32',
  zero: false,
  values: Array.from({ length: 32 }, (_, n) => String(n + 16)),
  marks: 'b'.repeat(32),
  changed: [],
  other: [],
  ...more,
});

/** Lanes 16 to 47 of 64, of v4 and v8. */
const table = (more: Partial<VectorTable> = {}): VectorTable => ({
  vlenb: 128,
  vtype: 'e32, m2, ta, ma',
  vl: 60,
  vstart: 0,
  masked: false,
  group: 2,
  rowCount: 2,
  laneCount: 64,
  firstRow: 0,
  firstLane: 16,
  rows: [row(4), row(8)],
  hasBefore: true,
  ...more,
});

test('only the lanes that can be seen are asked for, with some beside them', () => {
  const visible = visibleLanes(1000, 450, 50);
  assert.deepEqual(visible, { first: 20, count: 10 });
  assert.deepEqual(lookFor(initialChoices, visible), { radix: 'd', firstLane: 4, lanes: 42 });
  const choices = { ...initialChoices, element: 'u8', group: 4, radix: 'x', nonzero: true, task: 7 } as const;
  assert.deepEqual(lookFor(choices, { first: 0, count: 1 }), {
    radix: 'x',
    element: 'u8',
    group: 4,
    nonzero: true,
    task: 7,
    firstLane: 0,
    lanes: 33,
  });
});

test('scrolling asks again only where lanes are missing', () => {
  assert.equal(covers(table(), { first: 16, count: 32 }), true);
  assert.equal(covers(table(), { first: 15, count: 4 }), false);
  assert.equal(covers(table(), { first: 40, count: 9 }), false);
  // Behind the last lane is nothing to ask for.
  assert.equal(covers(table({ firstLane: 32 }), { first: 60, count: 9 }), true);
  assert.equal(covers(table({ rows: [] }), { first: 0, count: 9 }), true);
});

test('keys lead from cell to cell and stop at the edges', () => {
  const from = (key: string, register = 8, lane = 20, control = false) =>
    moved(table(), { register, lane }, key, control, 10);
  assert.deepEqual(from('ArrowLeft'), { register: 8, lane: 19 });
  assert.deepEqual(from('ArrowLeft', 8, 0), { register: 8, lane: 0 });
  assert.deepEqual(from('ArrowRight', 8, 63), { register: 8, lane: 63 });
  assert.deepEqual(from('ArrowUp'), { register: 4, lane: 20 });
  assert.deepEqual(from('ArrowUp', 4), { register: 4, lane: 20 });
  assert.deepEqual(from('ArrowDown', 4), { register: 8, lane: 20 });
  assert.deepEqual(from('ArrowDown'), { register: 8, lane: 20 });
  assert.deepEqual(from('Home'), { register: 8, lane: 0 });
  assert.deepEqual(from('End'), { register: 8, lane: 63 });
  assert.deepEqual(from('Home', 8, 20, true), { register: 4, lane: 0 });
  assert.deepEqual(from('End', 4, 20, true), { register: 8, lane: 63 });
  assert.deepEqual(from('PageUp'), { register: 8, lane: 10 });
  assert.deepEqual(from('PageDown', 8, 60), { register: 8, lane: 63 });
  assert.equal(from('x'), undefined);
  assert.equal(moved(table({ rows: [] }), { register: 0, lane: 0 }, 'ArrowDown', false, 10), undefined);
});

test('a register is found in its group, or in the one before where it is not listed', () => {
  assert.equal(rowOf(table(), 5), 0);
  assert.equal(rowOf(table(), 8), 1);
  assert.equal(rowOf(table(), 31), 1);
  assert.equal(rowOf(table(), 0), 0);
});

test('a cell says in words what its look says', () => {
  const marks = `bmpt${'b'.repeat(28)}`;
  const all = row(8, { marks, changed: [16], other: [[17, '9']] });
  const shown = table({ rows: [all], vstart: 19, otherName: 'the last save' });
  const labels = [16, 17, 18, 19, 20].map((lane) => cellOf(shown, all, lane)?.label);
  assert.deepEqual(labels, [
    'v8..v9[16] = 16, changed since the last stop',
    'v8..v9[17] = 17, masked off, 9 in the last save',
    'v8..v9[18] = 18, before vstart',
    'v8..v9[19] = 19, tail, vstart',
    'v8..v9[20] = 20',
  ]);
  assert.deepEqual(
    [16, 17, 18, 19].map((lane) => cellOf(shown, all, lane)?.mark),
    ['body', 'masked', 'prestart', 'tail'],
  );
  assert.equal(cellOf(shown, all, 15), undefined);
  assert.equal(cellOf(shown, all, 48), undefined);
});

test('bars are in proportion to the largest of what is seen, in any notation', () => {
  assert.deepEqual(barsOf(['1', '-2', '4', '0']), [0.25, -0.5, 1, 0]);
  assert.deepEqual(barsOf(['0x02', '0b1']), [1, 0.5]);
  assert.deepEqual(barsOf(['NaN', 'Infinity', '-8']), [0, 0, -1]);
  assert.deepEqual(barsOf(['0', '0']), [0, 0]);
  assert.deepEqual(barsOf([]), []);
});

test('what is shown as bits is typed as bits', () => {
  assert.equal(editedElement('f32', 'd'), 'f32');
  assert.equal(editedElement('f32', 'x'), 'u32');
  assert.equal(editedElement('bf16', 'b'), 'u16');
  assert.equal(editedElement('e8', 'x'), 'e8');
});

test('columns are as wide as the longest value', () => {
  assert.equal(widest(table({ rows: [row(0, { values: ['1', '-12345'] })] })), 6);
  assert.equal(widest(table({ rows: [] })), 3);
});
