/** Two engines side by side: they agree, and where one is made to do something else, that place is found. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lockstep, type Pair } from '../../emulator/lockstep.js';
import type { Machine } from '../../emulator/machine.js';
import { needs } from '../tools.js';
import { assemble, load, TOOLS } from './bare-metal.js';

/** A hot loop that traps once, late. */
const SOURCE = `
  la t0, handler
  csrw mtvec, t0
  li s0, 400000
  li s2, 123456
1: addi s0, s0, -1
  bne s0, s2, 2f
odd: ecall
2: xor s3, s3, s0
  bnez s0, 1b
3: j 3b
.balign 4
handler:
  csrr t0, mepc
  addi t0, t0, 4
  csrw mepc, t0
  mret
`;

const tools = needs(...TOOLS);

/** @param twin what is done to the second machine before it begins */
async function inSlices(twin: (machine: Machine) => void) {
  const elf = assemble(SOURCE);
  let odd = 0n;
  const anew = async (): Promise<Pair> => {
    const [one, other] = [await load(elf), await load(elf, undefined, { engine: 'interpreter' })];
    twin(other.machine);
    odd = one.label('odd');
    return [one.machine, other.machine];
  };
  const pair = await anew();
  const lockstep = new Lockstep(pair, anew);
  for (let slice = 0; slice < 5; slice++) {
    pair[0].run(500_000);
    const divergence = await lockstep.follow();
    if (divergence) return { divergence, odd, steps: pair[0].steps };
  }
  return undefined;
}

test('an engine and the interpreter agree', tools, async () => {
  assert.equal(await inSlices(() => {}), undefined);
});

test('the instruction that one does otherwise is found, and what each has then', tools, async () => {
  const found = await inSlices((machine) => {
    machine.events.on((event) => {
      if (event.kind === 'trap') machine.harts[0]!.setX(9, 6n);
    });
  });
  assert.ok(found);
  const { agreed, differs, hart, pcs, differences } = found.divergence;
  assert.deepEqual([hart, pcs], [0, [found.odd]]);
  assert.equal(differs, agreed + 1);
  assert.ok(differs < found.steps);
  assert.deepEqual(differences, [{ what: 'hart 0 x9', machine: '0x0', twin: '0x6' }]);
});
