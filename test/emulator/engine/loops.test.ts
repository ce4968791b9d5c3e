/** Blocks of a region in the order of their loops. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block } from '../../../emulator/engine/translator/code.js';
import { type Item, Loops } from '../../../emulator/engine/translator/loops.js';

/** Blocks of four bytes each without instructions, by where control goes from them. */
function arranged(successors: readonly (readonly number[])[], entered: readonly number[] = []) {
  const loops = new Loops(
    successors.map((to, n) => ({
      start: 4 * n,
      steps: [],
      next: 4 * n + 4,
      end: 'goes',
      successors: to.map((each) => 4 * each),
      entered: entered.includes(n),
    })) as Block[],
  );
  const number = (n: number) => loops.blocks[n]!.start / 4;
  /** A block is its number, a loop a list. */
  const shape = ({ first, inside }: Item): unknown => (inside ? inside.map(shape) : number(first));
  return {
    shape: loops.items.map(shape),
    entries: loops.blocks.flatMap((_, n) => (loops.isEntry(n) ? [number(n)] : [])),
    innermost: loops.innermost().map(number),
  };
}

test('what has no loops stays in the order of its offsets', () => {
  assert.deepEqual(arranged([[1, 2], [3], [3], []]).shape, [0, 1, 2, 3]);
});

test('a loop in a loop', () => {
  const { shape, entries, innermost } = arranged([[1], [2], [2, 3], [1, 4], []]);
  assert.deepEqual(shape, [0, [1, [2], 3], 4]);
  assert.deepEqual(entries, [1, 2]);
  assert.deepEqual(innermost, [2]);
});

test('a loop that is entered in its middle begins there', () => {
  // 0 jumps behind 1 and 2, to 3, from which control goes back to 1 or on to 4, and from both by way of 2 to 3.
  const { shape, entries } = arranged([[3], [2], [3, 5], [4, 1], [2], []]);
  assert.deepEqual(shape, [0, [3, 1, 4, 2], 5]);
  assert.deepEqual(entries, [3]);
});

test('where nothing is known of how a loop is entered, it begins where all of its ways join', () => {
  assert.deepEqual(arranged([[1], [2, 4], [3, 0], [1], []]).shape, [[1, 2, 0, 3], 4]);
});

test('a block of a loop that is jumped to from outside, and is not its head, is an entry', () => {
  const { entries } = arranged([[1, 2], [2], [1, 3], []]);
  assert.deepEqual(entries, [1, 2]);
});
