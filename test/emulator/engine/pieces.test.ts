/** Regions are made piece by piece, and the harts run on in between: what happens meanwhile counts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineChoice } from '../../../emulator/engine/choice.js';
import { ENTER } from '../../../emulator/engine/handlers.js';
import { record } from '../../../emulator/layout.js';
import { needs } from '../../tools.js';
import { assemble, END, load, TOOLS } from '../bare-metal.js';
import { outcome } from './outcome.js';

/** A long loop, whose instruction at `changed` is another one after so many rounds. */
const patched = (after: number) => `
  li s0, 40
  li s1, ${after}
  la s2, changed
  la t0, other
  lw s3, (t0)
1:
  ${'addi a0, a0, 1\n xor a1, a1, a0\n'.repeat(40)}
changed:
  addi a2, a2, 1
  ${'add a3, a3, a1\n slli a4, a3, 1\n'.repeat(40)}
  addi s1, s1, -1
  bnez s1, 2f
  sw s3, (s2)
  fence.i
2:addi s0, s0, -1
  bnez s0, 1b
  j 3f
  .option push
  .option norvc
other:
  addi a2, a2, 100
  .option pop
3:
`;

test('code that changes while a region is made of it', needs(...TOOLS), async () => {
  for (let after = 1; after <= 20; after++) {
    const elf = assemble(`.option norvc\n${patched(after)}${END}`);
    const expected = await outcome(elf, 'interpreter', 1_000_000);
    assert.equal(expected.harts[0]!.x[12], BigInt(after + 100 * (40 - after)));
    assert.deepEqual(await outcome(elf, 'translator', 1_000_000), expected, `after ${after} rounds`);
  }
});

/** The steps at which a breakpoint in the loop stops, which is set after so many slices. */
async function stops(engine: EngineChoice, slices: number) {
  const { machine, label } = await load(`.option norvc\n${patched(1000)}${END}`, {}, { engine });
  for (let n = 0; n < slices; n++) machine.run(61);
  machine.breakpoints.add({ va: label('changed') });
  return Array.from({ length: 6 }, () => `${machine.run(1_000_000).reason} at ${machine.steps}`);
}

test('a breakpoint that is set while a region is made of the code around it', needs(...TOOLS), async () => {
  for (let slices = 1; slices <= 20; slices++)
    assert.deepEqual(await stops('translator', slices), await stops('interpreter', slices), `after ${slices} slices`);
});

/** Do the records of a hart enter translated code at a place? */
function isEntered(machine: Awaited<ReturnType<typeof load>>['machine'], hart: number): boolean {
  const { map, u8 } = machine.memory;
  const from = map.decode + hart * (map.slotsPerHart + 1) * record.slot;
  for (let n = 0; n < record.perPage; n++) if (u8[from + n * record.bytes + record.op] === ENTER) return true;
  return false;
}

test('what one hart found to be hot is translated for the others at first sight', needs(...TOOLS), async () => {
  const harts = 8;
  const source = `${patched(1000)}${END}`.replace('li s0, 40', 'li s0, 40000');
  const { machine } = await load(
    source,
    { harts: [{ isa: 'rv64gc', count: harts }], quantum: 1000 },
    { engine: 'auto' },
  );
  const entered = () => machine.harts.filter(({ id }) => isEntered(machine, id)).length;
  // 400,000 of all together make it hot, and each hart is looked at once in 10,000, or in 25,000 while a region is made.
  machine.run(300_000);
  assert.equal(entered(), 0);
  for (let n = 0; n < 30 && entered() < harts; n++) machine.run(100_000);
  assert.equal(entered(), harts);
  assert.ok(machine.steps < harts * 400_000, `${machine.steps} instructions`);
});
