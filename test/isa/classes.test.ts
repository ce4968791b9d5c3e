import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ClassName, classNames, classOf, isIn, merged, outboundReason, patternsOf } from '../../isa/classes.js';
import { csrNumbered } from '../../isa/csrs.js';
import { rowOf } from '../../isa/decode.js';
import { encode } from '../../isa/encode.js';
import { extract, operandNames, operands, range } from '../../isa/operands.js';
import { instructionNamed, instructions } from '../../isa/table.js';
import { classesHeader, classesPath } from '../../scripts/generate-decode.js';
import { Random } from '../fuzz/random.js';
import { needs } from '../tools.js';

/** The definition, without patterns: the row that a word decodes to belongs to the class's unit, or it touches a register of the unit. */
function needed(word: number): ClassName | undefined {
  const row = rowOf(word);
  if (!row) return undefined;
  const csr = operandNames(row).includes('csr') ? csrNumbered(extract(operands.csr, word)) : undefined;
  if (row.semantics.kind === 'vector' || csr?.requires === 'V') return 'V';
  return row.requires.includes('Xhartdot') || csr?.name === 'dotacc' ? 'Xhartdot' : undefined;
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
      assert.equal(classOf(word), needed(word), `${row.name} ${word.toString(16)}`);
    }
  }
});

test('the merged patterns hold the same words as the rows', () => {
  const patterns = patternsOf('V');
  const fewer = merged(patterns);
  assert.ok(fewer.length < patterns.length / 3, `${fewer.length} patterns from ${patterns.length}`);
  for (const word of wordsNear(2, 200_000)) assert.equal(isIn(fewer, word), needed(word) === 'V', word.toString(16));
});

/** Words near the classes: a row's fixed bits, some of them turned; and some that are anything. */
function wordsNear(seed: number, count: number): number[] {
  const random = new Random(seed);
  const patterns = classNames.flatMap(patternsOf);
  return Array.from({ length: count }, (_, n) => {
    const p = random.pick(patterns);
    return n % 4 ? ((p.match | (random.word() & ~p.mask)) ^ (1 << random.below(32))) >>> 0 : (random.word() | 3) >>> 0;
  });
}

test("the kernel's class_of, compiled, agrees with the table", needs('gcc'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-classes-'));
  try {
    const words = wordsNear(3, 100_000);
    const [source, program] = [join(folder, 'classes.c'), join(folder, 'classes')];
    const main = `#include <stdio.h>
#include "${classesPath}"
int main(void) {
  for (uint32_t word; fread(&word, 4, 1, stdin) == 1;) putchar(class_of(word) + 1);
}`;
    writeFileSync(source, main);
    execFileSync('gcc', ['-Wall', '-Werror', '-o', program, source]);
    const classes = execFileSync(program, { input: new Uint8Array(Uint32Array.from(words).buffer) });
    words.forEach((word, n) => assert.equal(classes[n], classNames.indexOf(needed(word)!) + 1, word.toString(16)));
  } finally {
    rmSync(folder, { recursive: true });
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
  assert.equal(classOf(word('hdot.load', 7, -8, 10)), 'Xhartdot', 'hdot.load d7, -8(a0)');
  assert.equal(classOf(word('hdot.load', 7, -8, 10) | (1 << 10)), undefined, 'there is no d15');
  assert.equal(classOf(word('csrrs', 10, 0x800, 0)), 'Xhartdot', 'csrr a0, dotacc');
  assert.equal(classOf(word('csrrs', 10, 0x5c0, 0)), undefined, "csrr a0, dotstatus is the supervisor's");
});

test('a thread goes out for its class, called by its name', () => {
  assert.deepEqual(classNames.map(outboundReason), ['vector', 'xhartdot']);
});
