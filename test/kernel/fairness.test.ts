/** The kernel's own outbound queue, when the firmware's are full: processes in turn, however many threads each has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MachineEvent, MigrationEvent } from '../../emulator/events.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { onMachine } from './boards.js';
import { assembly } from './programs.js';

/** One round: some work on the vector hart, then home by a system call that has to be served there. */
const round = [
  'vsetivli t0, 4, e32, m1, ta, ma',
  'li t1, 2000',
  '7: addi t1, t1, -1',
  'bnez t1, 7b',
  'li a7, 124',
  'ecall',
];

/** A process of many threads that never end, and its child: one thread of so many rounds. Ends when the child does. */
const crowdAndChild = (threads: number, rounds: number) =>
  assembly(
    'crowd',
    [
      '.globl _start',
      '_start: li s0, 0',
      '1: li a0, 0x50f00',
      'la a1, stacks + 4096',
      'slli t0, s0, 12',
      'add a1, a1, t0',
      'li a7, 220',
      'ecall',
      'beqz a0, forever',
      'addi s0, s0, 1',
      `li t0, ${threads}`,
      'bne s0, t0, 1b',
      'li a0, 17', // fork
      'li a1, 0',
      'li a7, 220',
      'ecall',
      'beqz a0, child',
      'li a0, -1',
      'li a1, 0',
      'li a2, 0',
      'li a3, 0',
      'li a7, 260', // wait4
      'ecall',
      'li a0, 3',
      'li a7, 94',
      'ecall',
      'forever:',
      ...round,
      'j forever',
      `child: li s0, ${rounds}`,
      '2:',
      ...round,
      'addi s0, s0, -1',
      'bnez s0, 2b',
      'li a0, 0',
      'li a7, 93',
      'ecall',
      '.bss',
      '.balign 16',
      `stacks: .zero 4096 * ${threads + 1}`,
      '',
    ].join('\n'),
  );

test('a process of one thread does not wait for all threads of another', async () => {
  const [threads, depth] = [24, 8];
  const { status, events } = await onMachine(socNamed('app2-vec1'), {
    program: crowdAndChild(threads, 12),
    bootargs: 'migrate.calls=move migrate.transport=fifo',
  });
  assert.equal(status, 3);
  const migrations = events.filter((e): e is MigrationEvent & MachineEvent => e.kind === 'migration');
  assert.ok(migrations.some(({ step }) => step === 'queue-full'));
  const child = Math.max(...migrations.map(({ task }) => task));
  const between: number[] = [];
  let others: number | undefined;
  for (const { step, task } of migrations) {
    if (step === 'resume' && task === child) others = 0;
    if (step !== 'arrive' || others === undefined) continue;
    if (task !== child) others++;
    else between.push(others);
  }
  assert.ok(between.length >= 10, `${between.length} trips`);
  assert.ok(Math.max(...between) <= depth + 3, `others' trips before each of its own: ${between}`);
});
