import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { classOf, isIn, merged, patternsOf } from '../../isa/classes.js';
import { csrNumbered } from '../../isa/csrs.js';
import { rowOf } from '../../isa/decode.js';
import { encode } from '../../isa/encode.js';
import { extract, operandNames, operands, range } from '../../isa/operands.js';
import { instructionNamed, instructions } from '../../isa/table.js';
import { classesHeader, classesPath } from '../../scripts/generate-decode.js';
import { Random } from '../fuzz/random.js';

/** The definition, without patterns: the row that a word decodes to needs V, or it touches a register of V. */
function needsV(word: number): boolean {
  const row = rowOf(word);
  if (!row) return false;
  const csr = operandNames(row).includes('csr') && csrNumbered(extract(operands.csr, word))?.requires === 'V';
  return csr || row.requires.includes('V');
}

test("the kernel's header is the one that the table makes (npm run decode)", () => {
  assert.equal(readFileSync(classesPath, 'utf8'), classesHeader());
});

test('every row of the table has the class that its extension says', () => {
  const random = new Random(1);
  for (const row of instructions.filter((r) => r.length === 4)) {
    for (let n = 0; n < 20; n++) {
      const values = operandNames(row).map((name) => {
        const { min, max, step } = range(operands[name]);
        return min + step * random.below((max - min) / step + 1);
      });
      const word = encode(row, values);
      assert.equal(classOf(word) === 'V', needsV(word), `${row.name} ${word.toString(16)}`);
    }
  }
});

test('the merged patterns hold the same words as the rows', () => {
  const random = new Random(2);
  const patterns = patternsOf('V');
  const fewer = merged(patterns);
  assert.ok(fewer.length < patterns.length / 3, `${fewer.length} patterns from ${patterns.length}`);
  for (let n = 0; n < 200_000; n++) {
    // Words near the class: a row's fixed bits, some of them turned.
    const p = random.pick(patterns);
    const word = n % 4 ? ((p.match | (random.word() & ~p.mask)) ^ (1 << random.below(32))) >>> 0 : random.word() | 3;
    assert.equal(isIn(fewer, word), needsV(word), word.toString(16));
  }
});

test('words that look alike', () => {
  const word = (name: string, ...values: number[]) => encode(instructionNamed(name)!, values);
  assert.equal(classOf(word('csrrs', 10, 0xc22, 0)), 'V', 'csrr a0, vlenb');
  assert.equal(classOf(word('csrrwi', 0, 0x008, 0)), 'V', 'csrwi vstart, 0');
  assert.equal(classOf(word('csrrs', 10, 0xc00, 0)), undefined, 'csrr a0, cycle');
  assert.equal(classOf(word('flw', 1, 0, 10)), undefined, 'flw');
  assert.equal(classOf(word('fsd', 1, 0, 10)), undefined, 'fsd');
  assert.equal(classOf(word('vle32.v', 1, 10, 1)), 'V', 'vle32.v');
});
