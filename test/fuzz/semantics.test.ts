import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { needs } from '../tools.js';
import { Comparison, report } from './compare.js';
import { QEMU } from './machines.js';
import type { Program } from './program.js';

/** In CI about a minute's worth. `npm run fuzz` runs any number. */
const PROGRAMS = process.env.HARTHOP_REQUIRE_TOOLS ? 1000 : 200;
const LENGTH = 120;

const comparison = new Comparison();
after(() => comparison.close());

async function agree(program: Program) {
  const failure = await comparison.run(program);
  if (failure) assert.fail(report(failure));
}

test('random programs leave the same registers, memory and flags as in QEMU', needs(QEMU), async () => {
  for (let seed = 1; seed <= PROGRAMS; seed++) await agree(Comparison.program(seed, LENGTH));
});

test('every row of the table was executed', needs(QEMU), async () => {
  for (let seed = 1; seed <= 50 && comparison.never().length; seed++) {
    await agree(comparison.programOfNever(seed, LENGTH));
  }
  assert.deepEqual(
    comparison.never().map((row) => row.name),
    [],
  );
});
