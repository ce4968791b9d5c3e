/** General threads on accelerator harts that nothing else wants (boot word migrate.guests=on). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MachineEvent, MigrationEvent } from '../../emulator/events.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { onMachine } from './boards.js';
import { assembly } from './programs.js';

const arrivals = (events: MachineEvent[]) =>
  events.filter((e): e is MigrationEvent => e.kind === 'migration' && e.step === 'arrive').length;
const ON = { bootargs: 'migrate.guests=on' };

/**
 * So many threads add up numbers, each into a place of its own; the first also uses vectors every so often if asked to, and comes home. Ends with the sum of
 * all, modulo 199, when they are done, and says in the number of cycles / 4096 how long it took by writing that many letters.
 */
const crunch = (threads: number, vectors: boolean) =>
  assembly(
    'crunch',
    [
      `.equ THREADS, ${threads}`,
      '.globl _start',
      '_start: rdcycle s11',
      'li s0, 0',
      '1: li a0, 0x50f00',
      'la a1, stacks + 4096',
      'slli t0, s0, 12',
      'add a1, a1, t0',
      'li a7, 220',
      'ecall',
      'beqz a0, work',
      'addi s0, s0, 1',
      'li t0, THREADS',
      'bne s0, t0, 1b',
      // wait for all: a futex on the count of those that are done
      '2: la a0, done',
      'lw a2, (a0)',
      'li t0, THREADS',
      'beq a2, t0, 3f',
      'li a1, 128',
      'li a3, 0',
      'li a7, 98',
      'ecall',
      'j 2b',
      '3: rdcycle s10',
      'sub s10, s10, s11',
      'srli s10, s10, 12',
      'li a0, 1',
      'la a1, letters',
      'mv a2, s10',
      'li a7, 64',
      'ecall',
      'la t0, sums',
      'li t1, THREADS',
      'li a0, 0',
      '4: ld t2, (t0)',
      'add a0, a0, t2',
      'addi t0, t0, 8',
      'addi t1, t1, -1',
      'bnez t1, 4b',
      'li t0, 199',
      'remu a0, a0, t0',
      'li a7, 94',
      'ecall',
      'work: li t1, 60000',
      'li t2, 0',
      '5: mul t3, t1, t1',
      'add t2, t2, t3',
      'addi t1, t1, -1',
      ...(vectors
        ? [
            'andi t3, t1, 2047',
            'or t3, t3, s0',
            'bnez t3, 6f',
            'vsetivli t4, 4, e32, m1, ta, ma',
            'li a7, 124',
            'ecall',
            '6:',
          ]
        : []),
      'bnez t1, 5b',
      'add t2, t2, s0',
      'la t3, sums',
      'slli t4, s0, 3',
      'add t3, t3, t4',
      'sd t2, (t3)',
      'la a0, done',
      'li t0, 1',
      'amoadd.w t0, t0, (a0)',
      'li a1, 129',
      'li a2, 1',
      'li a7, 98',
      'ecall',
      'li a7, 93',
      'ecall',
      '.data',
      'letters: .fill 4000, 1, 46',
      '.bss',
      '.balign 16',
      'stacks: .zero 4096 * (THREADS + 1)',
      'sums: .zero 8 * THREADS',
      'done: .zero 4',
      '',
    ].join('\n'),
  );

test('idle accelerator harts take general threads: more is done in the same time, and the results are the same', async () => {
  const program = crunch(4, false);
  const off = await onMachine(socNamed('app2-vec2'), { program });
  const on = await onMachine(socNamed('app2-vec2'), { program, ...ON });
  assert.equal(arrivals(off.events), 0);
  assert.ok(arrivals(on.events) >= 2);
  assert.equal(on.status, off.status);
  const [with_, without] = [on.console.length, off.console.length];
  assert.ok(with_ < 0.65 * without, `${with_} beside ${without} * 4096 cycles`);
});

test('a vector thread has the hart of a guest at once', async () => {
  const program = crunch(4, true);
  const off = await onMachine(socNamed('app2-vec1'), { program });
  const on = await onMachine(socNamed('app2-vec1'), { program, ...ON });
  assert.equal(on.status, off.status);
  /** From each of its vector instructions to its arrival, in cycles: the median. */
  const usual = (events: MachineEvent[]) => {
    const [asked, took] = [new Map<number, number>(), [] as number[]];
    for (const e of events) {
      if (e.kind !== 'migration') continue;
      if (e.step === 'illegal') asked.set(e.hart, e.cycle);
      if (e.step === 'arrive' && e.reason === 'vector') took.push(e.cycle - asked.get(e.from!)!);
    }
    assert.ok(took.length >= 20);
    return took.sort((a, b) => a - b)[took.length >> 1]!;
  };
  assert.ok(usual(on.events) < usual(off.events) + 1000, `${usual(on.events)} beside ${usual(off.events)}`);
});
