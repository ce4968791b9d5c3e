/** Turns that the engine takes by itself are those that the machine gives one by one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineChoice } from '../../../emulator/engine/choice.js';
import { stateFingerprint } from '../../../emulator/history/fingerprint.js';
import { load, TOOLS } from '../bare-metal.js';
import { needs } from '../../tools.js';

const HARTS = 6;

/**
 * Harts 0 to 3 write their numbers into a log, one behind the other, hart 3 giving way each time; two and two have the same between. Hart 4 does so when its timer
 * wakes it, and hart 5 when it is interrupted, by its timer or by hart 1.
 */
const source = `
  csrr s0, mhartid
  la s1, places
  la s2, log
  andi s4, s0, 1
  li s5, 0x200bff8
  li s6, 0x2004000
  slli t0, s0, 3
  add s6, s6, t0
  la t0, handler
  csrw mtvec, t0
  li t0, 4
  blt s0, t0, again
  li t0, 0x88
  csrw mie, t0
  addi t0, s0, -4
  slli t0, t0, 3
  csrw mstatus, t0
again:
  li t0, 1
  amoadd.d t1, t0, (s1)
  slli t1, t1, 52
  srli t1, t1, 52
  add t1, t1, s2
  sb s0, (t1)
  li t0, 0x19660d
  mul s4, s4, t0
  addi s4, s4, 0x5f
  srli t3, s4, 8
  andi t3, t3, 0x7ff
  li t0, 4
  bge s0, t0, later
1:addi t3, t3, -1
  bgtz t3, 1b
  beqz s0, again
  li t1, 1
  bne s0, t1, 2f
  li t0, 0x2000014
  sw t1, 0(t0)
  j again
2:li t0, 3
  bne s0, t0, again
  .word 0x0100000f # pause
  j again
later:
  ld t0, (s5)
  add t0, t0, t3
  sd t0, (s6)
  li t0, 4
  bne s0, t0, 2f
  wfi
  j again
2:li s7, 0
3:addi t4, t4, 1
  beqz s7, 3b
  j again
  .align 2
handler:
  li s7, 1
  li t0, -1
  sd t0, (s6)
  li t0, 0x2000014
  sw zero, 0(t0)
  mret
  .align 6
places: .dword 0
log: .skip 4096
`;

/** What the machine is after each of some thousand steps. */
async function states(quantum: number, engine: EngineChoice, one: boolean, slice: number): Promise<string[]> {
  const description = { harts: [{ isa: 'rv64gc', count: HARTS }], quantum, clock: 1e7, timebase: 1e6 };
  const { machine } = await load(source, description, { engine });
  const found: string[] = [];
  for (let to = 40_000; to <= 400_000; to += 40_000) {
    for (let left = to - machine.steps; left > 0; left = to - machine.steps) {
      const most = Math.min(left, slice);
      // What stops at a time is given turn by turn.
      if (one) machine.runUntil(0, Number.POSITIVE_INFINITY, most);
      else machine.run(most);
    }
    const last = machine.harts.map(({ id }) => machine.lastStep(id));
    found.push(`${machine.steps} ${machine.last} ${last} ${stateFingerprint(machine)}`);
  }
  return found;
}

for (const quantum of [1, 7, 100, 1000, 5000])
  test(`harts in step, that wait, and that are interrupted: turns of ${quantum}`, needs(...TOOLS), async () => {
    const given = await states(quantum, 'interpreter', true, 1e6);
    assert.equal(new Set(given).size, given.length);
    assert.deepEqual(await states(quantum, 'interpreter', false, 1e6), given);
    assert.deepEqual(await states(quantum, 'auto', false, 997), given);
    assert.deepEqual(await states(quantum, 'translator', false, 1e6), given);
  });
