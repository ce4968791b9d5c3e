import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { instructions } from '../../isa/table.js';
import { needs } from '../tools.js';
import { Comparison, report } from './compare.js';
import { whyLeftOut } from './generate.js';
import { QEMU } from './machines.js';
import type { Program } from './program.js';
import { seedOf } from './seed.js';

/** In CI about two minutes' worth. `npm run fuzz` runs any number. */
const PROGRAMS = process.env.HARTHOP_REQUIRE_TOOLS ? 1000 : 150;
const LENGTH = 120;

const SEED = seedOf();

const comparison = new Comparison();
after(() => comparison.close());

async function agree(program: Program) {
  const failure = await comparison.run(program);
  if (failure) assert.fail(report(failure));
}

test(
  'random programs leave the same registers, memory and flags as in QEMU, and fault alike',
  needs(QEMU),
  async (t) => {
    for (let n = 0; n < PROGRAMS; n++) await agree(Comparison.program(SEED + n, LENGTH));
    t.diagnostic(`${comparison.programs} programs from seed ${SEED} on, ${comparison.instructions} instructions`);
  },
);

test('every row of the table was executed', needs(QEMU), async (t) => {
  for (let seed = SEED; seed < SEED + 100 && comparison.never().length; seed++) {
    await agree(comparison.programOfNever(seed, LENGTH));
  }
  const leftOut = instructions
    .filter(({ name }) => whyLeftOut(name))
    .map(({ name }) => `${name} (${whyLeftOut(name)})`);
  t.diagnostic(`${comparison.executed.size} rows executed; left out: ${leftOut.join(', ')}`);
  assert.deepEqual(
    comparison.never().map((row) => row.name),
    [],
  );
});
