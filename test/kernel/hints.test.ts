/** What a program says of its vector work ahead and done, by prctl and by instruction; seen in guest cycles. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MachineEvent, MigrationEvent } from '../../emulator/events.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { onMachine } from './boards.js';
import { assembly } from './programs.js';

/** A chip whose application harts know hint instructions. */
const chip = (app: number, vec: number) =>
  readSoc(
    {
      name: `hints${app}-${vec}`,
      harts: [
        { count: app, isa: 'rv64gc_xharthint', role: 'application' },
        { count: vec, isa: 'rv64gcv_xharthint_zvl256b', role: 'accelerator' },
      ],
    },
    'test',
  );
const program = (...lines: string[]) =>
  assembly('hints', ['.globl _start', '_start:', ...lines, 'li a7, 94', 'ecall', ''].join('\n'));
const steps = (events: MachineEvent[], step: MigrationEvent['step']) =>
  events.filter((e): e is MigrationEvent => e.kind === 'migration' && e.step === step);

const VECTOR = 'vsetivli t0, 4, e32, m1, ta, ma';
const hint = (kind: number) => ['li a0, 0x4d494701', `li a1, ${kind}`, 'li a2, 0', 'li a7, 167', 'ecall'];
const SOON = { prctl: hint(1), instruction: ['slti x0, x0, 1'] };
const DONE = { prctl: hint(2), instruction: ['slti x0, x0, 2'] };

/** The first vector instruction after a while of other work: its cycles / 16. */
const latency = (...before: string[]) =>
  program(
    VECTOR,
    'li a7, 124',
    'ecall', // home again
    ...before,
    'li t1, 1000',
    '1: addi t1, t1, -1',
    'bnez t1, 1b',
    'rdcycle s1',
    VECTOR,
    'rdcycle a0',
    'sub a0, a0, s1',
    'srli a0, a0, 4',
  );

test('a thread that says that vector work is ahead meets its first vector instruction on the vector hart', async () => {
  const unhinted = (await onMachine(chip(1, 1), { program: latency() })).status;
  assert.ok(unhinted > 20, `${16 * unhinted} cycles`);
  for (const way of ['prctl', 'instruction'] as const) {
    const hinted = await onMachine(chip(1, 1), { program: latency(...SOON[way]) });
    assert.equal(hinted.status, 0, `${way}: under 16 cycles`);
    assert.equal(steps(hinted.events, 'arrive').length, 2, way);
  }
});

/** Two threads share the vector hart: one has it and goes on with other work for long; how long waits the other? In cycles / 1024. */
const shared = (...after: string[]) =>
  program(
    'li a0, 0x50f00',
    'la a1, stack',
    'li a7, 220',
    'ecall',
    'bnez a0, 2f',
    VECTOR,
    'la t1, there',
    'sw t0, (t1)',
    ...after,
    'li t1, 30000',
    '1: addi t1, t1, -1',
    'bnez t1, 1b',
    '3: j 3b',
    '2: la t1, there',
    '4: lw t0, (t1)',
    'beqz t0, 4b',
    'rdcycle s1',
    VECTOR,
    'rdcycle a0',
    'sub a0, a0, s1',
    'srli a0, a0, 10',
    '.bss',
    '.zero 4096',
    'stack: .zero 16',
    'there: .zero 4',
    '.text',
  );
/** The same with an end to the first thread's work: a system call takes it home. */
const ending = (...after: string[]) =>
  shared(...after, 'li t1, 30000', '5: addi t1, t1, -1', 'bnez t1, 5b', 'li a7, 124', 'ecall');

test('a thread that says that its vector work is done gives the hart to the other', async () => {
  const unhinted = (await onMachine(chip(2, 1), { program: ending() })).status;
  assert.ok(unhinted > 40, `${unhinted} * 1024 cycles`);
  for (const way of ['prctl', 'instruction'] as const) {
    const { status, events } = await onMachine(chip(2, 1), { program: ending(...DONE[way]) });
    assert.ok(status < 5, `${way}: ${status} * 1024 cycles`);
    assert.equal(steps(events, 'arrive').length, 2, way);
  }
});

test('hints change nothing but the time: wrong ones, of classes that are not there, and where nobody knows them', async () => {
  const lines = [
    ...SOON.instruction,
    ...DONE.instruction,
    'slti x0, x0, 2000',
    ...SOON.prctl,
    VECTOR,
    'vmv.v.i v8, 6',
    ...SOON.instruction,
    'vmv.x.s s0, v8',
    ...DONE.instruction,
    ...DONE.instruction,
    'vmv.x.s s1, v8',
    'mv a0, s0',
    'bne s0, s1, 9f',
    'li a0, 0x4d494701',
    'li a1, 3',
    'li a7, 167',
    'ecall',
    'li t0, -22',
    'bne a0, t0, 9f',
    'mv a0, s0',
    '9:',
  ];
  for (const soc of [chip(1, 1), chip(2, 2), readSoc({ name: 'none', harts: [{ isa: 'rv64gcv' }] }, 'test')])
    assert.equal((await onMachine(soc, { program: program(...lines) })).status, 6, soc.name);
  const off = await onMachine(chip(1, 1), {
    program: program(...SOON.instruction, 'li a0, 4'),
    bootargs: 'migrate.off',
  });
  assert.equal(off.status, 4);
});
