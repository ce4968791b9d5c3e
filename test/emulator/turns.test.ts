import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '../../emulator/turns.js';

test('the length of a turn is 1 to a quantum, short ones and whole ones among many', () => {
  for (const quantum of [1, 2, 7, 1000, 1024]) {
    const turns = new Turns(5, quantum);
    const lengths = Array.from({ length: 20_000 }, () => turns.length());
    assert.ok(lengths.every((n) => Number.isInteger(n) && n >= 1 && n <= quantum));
    const share = (which: (n: number) => boolean) => lengths.filter(which).length / lengths.length;
    assert.ok(share((n) => n === 1) > 0.1);
    if (quantum >= 1000) assert.ok(share((n) => n < 32) > 0.4 && share((n) => n > quantum / 2) > 0.03);
  }
});

test('next is drawn among all that lie within a quantum of the least time, and among no others', () => {
  const turns = new Turns(0, 100);
  const times = [1000, 1100, 1101, Number.POSITIVE_INFINITY, 1050];
  const drawn = new Set(Array.from({ length: 500 }, () => turns.next([0, 1, 2, 3, 4], (n) => times[n]!)));
  assert.deepEqual([...drawn].sort(), [0, 1, 4]);
  assert.equal(
    turns.next([3], (n) => times[n]!),
    undefined,
  );
});

test('draws follow from the seed, and a reset begins anew', () => {
  const lengths = (turns: Turns) => Array.from({ length: 50 }, () => turns.length()).join();
  const turns = new Turns(7, 1000);
  const first = lengths(turns);
  assert.notEqual(lengths(turns), first);
  turns.reset();
  assert.equal(lengths(turns), first);
  assert.notEqual(lengths(new Turns(8, 1000)), first);
});
