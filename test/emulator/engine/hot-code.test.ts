/** Which code is translated, of what was seen of a page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksOf, type Pages, type Seeds } from '../../../emulator/engine/translator/code.js';
import { Hot } from '../../../emulator/engine/translator/hot.js';
import { needs } from '../../tools.js';
import { load, TOOLS } from '../bare-metal.js';

/** The page that a program begins in, and offsets of its labels. */
async function page(source: string) {
  const { machine, label } = await load(source);
  const bytes = machine.memory.read(0x8000_0000, 4096);
  const pages: Pages = {
    bytes: (offset) => (offset === 0 ? bytes : undefined),
    has: (extension) => extension !== 'RV32',
    marked: () => false,
    watched: () => false,
  };
  const begin = (seeds: Seeds) => blocksOf(pages, seeds, 500).map(({ start }) => start);
  return { pages, begin, at: (name: string) => Number(label(name) & 0xfffn) };
}

const FUNCTIONS = `
first:
  addi a0, a0, 1
  ret
second:
  addi a1, a1, 1
  addi a1, a1, 2
round:
  addi a2, a2, -1
  bnez a2, round
  ret
third:
  addi a3, a3, 1
within:
  addi a3, a3, 2
  ret
fourth:
  addi a4, a4, 1
  ret
`;

test('functions begin behind what ends in front of them, where their middle was seen', needs(...TOOLS), async () => {
  const { begin, at } = await page(FUNCTIONS);
  const found = begin({ seen: [at('first'), at('round'), at('within')], targets: [] });
  for (const name of ['first', 'second', 'round', 'third']) assert.ok(found.includes(at(name)), name);
  for (const name of ['within', 'fourth']) assert.ok(!found.includes(at(name)), name);
});

test('where a jump by register went, a block begins, in the middle of another too', needs(...TOOLS), async () => {
  const { begin, at } = await page(FUNCTIONS);
  assert.ok(begin({ seen: [at('third')], targets: [at('within')] }).includes(at('within')));
});

test('cases of a switch that were not seen are translated with it', needs(...TOOLS), async () => {
  const { begin, at } = await page(`
choose:
  add a0, a0, a1
  jr a0
one:
  addi a2, a2, 1
  j choose
two:
  addi a2, a2, 2
  j choose
three:
  addi a2, a2, 3
  j choose
`);
  const found = begin({ seen: [at('choose'), at('three')], targets: [] });
  for (const name of ['one', 'two', 'three']) assert.ok(found.includes(at(name)), name);
});

test('a large function that was seen once is left out, a small one is not', needs(...TOOLS), async () => {
  const { pages, at } = await page(`
round:
  addi a2, a2, -1
  bnez a2, round
  ret
small:
  addi a3, a3, 1
  ret
large:
  .rept 100
  addi a4, a4, 1
  .endr
  ret
`);
  const hot = new Hot();
  for (let n = 0; n < 40; n++) hot.add(at('round'));
  for (const name of ['small', 'large']) hot.add(at(name));
  const kept = hot.worthwhile(blocksOf(pages, hot.seeds(), 500)).map(({ start }) => start);
  assert.deepEqual(kept, [at('round'), at('round') + 4, at('small')]);
});
