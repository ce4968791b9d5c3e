/** Two classes of accelerators at once: threads go out for what they meet, and each class's registers stay theirs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { MachineEvent, MigrationEvent } from '../../emulator/events.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { needs } from '../tools.js';
import { boards, onMachine } from './boards.js';
import { assembly, compiled, example } from './programs.js';

const SIGILL = 128 + 4;
const chip = socNamed('app2-vec1-dot1');
const [VECTOR_HART, DOT_HART] = [2, 3];

const steps = (events: MachineEvent[], step: MigrationEvent['step']) =>
  events.filter((event): event is MigrationEvent => event.kind === 'migration' && event.step === step);
const went = (events: MachineEvent[]) => steps(events, 'arrive').map(({ hart, reason }) => `${reason} on hart ${hart}`);
const program = (...lines: string[]) =>
  assembly(
    'short',
    ['.option arch, +xhartdot', '.globl _start', '_start:', ...lines, 'li a7, 94', 'ecall', ''].join('\n'),
  );

test('examples/dotproduct.S prints its neurons: the inputs stay in the scratchpad over every system call', async () => {
  const { console, status, events } = await onMachine(chip, {
    program: example('dotproduct'),
    bootargs: 'migrate.calls=move migrate.faults=move',
  });
  assert.equal(console, readFileSync('examples/expected/dotproduct.txt', 'utf8'));
  assert.equal(status, 0);
  assert.deepEqual(new Set(went(events)), new Set([`xhartdot on hart ${DOT_HART}`]));
  const reasons = steps(events, 'leave').map(({ reason }) => reason);
  assert.equal(reasons.filter((reason) => reason === 'syscall').length, 8);
  assert.deepEqual(
    steps(events, 'illegal').map(({ reason }) => reason),
    Array(steps(events, 'illegal').length).fill('xhartdot'),
  );
});

test('without such a hart the instruction is illegal, on QEMU too', needs('qemu-system-riscv64'), async () => {
  for (const board of boards.filter(({ name }) => /app1-vec1|all-vector|QEMU/.test(name)))
    assert.equal((await board.run({ program: example('dotproduct') })).status, SIGILL, board.name);
});

test('where every hart has it, or with migrate=off, nobody switches the unit on: illegal', async () => {
  const harts = [{ count: 2, isa: 'rv64gc_xhartdot' }];
  const all = await onMachine(readSoc({ name: 'all', harts }, 'test'), { program: example('dotproduct') });
  assert.equal(all.status, SIGILL);
  const off = await onMachine(chip, { program: example('dotproduct'), bootargs: 'migrate=off' });
  assert.equal(off.status, SIGILL);
});

test('a thread goes from one accelerator to the other by what it meets, and home in between', async () => {
  const turn = ['vsetivli t0, 4, e32, m1, ta, ma', 'vadd.vi v8, v8, 1', 'hdot.set d2, sp', 'hdot.macc sp, sp'];
  const { status, events } = await onMachine(chip, { program: program(...turn, ...turn, 'li a0, 6') });
  assert.equal(status, 6);
  const [there, other] = [`vector on hart ${VECTOR_HART}`, `xhartdot on hart ${DOT_HART}`];
  assert.deepEqual(went(events), [there, other, there, other]);
  const reasons = steps(events, 'leave').map(({ reason }) => reason);
  assert.deepEqual(reasons, ['illegal', 'illegal', 'illegal', 'syscall']);
});

test('reading its CSR makes a thread go out; what user mode may not touch kills it at home', async () => {
  const read = await onMachine(chip, { program: program('csrwi dotacc, 9', 'csrr a0, dotacc') });
  assert.equal(read.status, 9);
  assert.deepEqual(went(read.events), [`xhartdot on hart ${DOT_HART}`]);
  const status = await onMachine(chip, { program: program('csrr a0, dotstatus') });
  assert.equal(status.status, SIGILL);
  assert.deepEqual(went(status.events), []);
  const reserved = await onMachine(chip, { program: program('.4byte 0x0000600b') });
  assert.equal(reserved.status, SIGILL);
  assert.deepEqual(went(reserved.events), []);
});

test('a new thread finds nothing in the unit of one before it', async () => {
  const leave = ['li t0, 77', 'hdot.set d3, t0', 'csrw dotacc, t0'];
  const clone = ['li a0, 0x50f00', 'la a1, stack', 'li a7, 220', 'ecall', 'bnez a0, 2f'];
  const look = ['hdot.get t1, d3', 'csrr t2, dotacc', 'add a0, t1, t2', 'li a7, 94', 'ecall'];
  const wait = ['2: li a7, 124', 'ecall', 'j 2b', '.bss', '.zero 4096', 'stack: .zero 16', '.text'];
  const { status } = await onMachine(chip, { program: program(...leave, ...clone, ...look, ...wait) });
  assert.equal(status, 0);
});

for (const [name, soc] of [
  ['on harts of their own', chip],
  [
    'on one hart that has both',
    readSoc({ name: 'both', harts: [{ count: 2, isa: 'rv64gc' }, { isa: 'rv64gcv_zvl256b_xhartdot' }] }, 'test'),
  ],
] as const)
  test(
    `threads use both accelerators in turn, ${name}, with faults and signals, and lose nothing`,
    needs('riscv64-linux-gnu-gcc'),
    async () => {
      const asking = await onMachine(soc, { program: compiled('accelerators') });
      const { console, status, events } = await onMachine(soc, {
        program: compiled('accelerators'),
        bootargs: 'migrate.calls=move migrate.faults=move',
      });
      for (const run of [asking, { console, status }]) {
        assert.equal(run.console, '5 threads, 15 signals, 0 lost\n');
        assert.equal(run.status, 0);
      }
      const reasons = new Set(steps(events, 'leave').map(({ reason }) => reason));
      for (const reason of ['illegal', 'syscall', 'page-fault'] as const) assert.ok(reasons.has(reason), reason);
      assert.equal(steps(events, 'arrive').length, steps(events, 'leave').length);
    },
  );

test('a hart that still has the registers of an older save does not take them for those that a signal’s return put into memory', async () => {
  const harts = [
    { count: 1, isa: 'rv64gc', role: 'application' },
    { count: 2, isa: 'rv64gc_xhartdot', role: 'accelerator' },
  ];
  const call = (number: number, ...args: string[]) => [...args, `li a7, ${number}`, 'ecall'];
  const [action, tgkill, getpid, gettid, exit] = [134, 131, 172, 178, 93];
  const lines = [
    ...['la t0, handler', 'la a1, action', 'sd t0, (a1)'],
    ...call(action, 'li a0, 10', 'li a2, 0', 'li a3, 8'),
    ...['li t0, 1', 'hdot.set d3, t0'], // on the first hart
    ...call(getpid),
    'mv s0, a0',
    ...call(gettid),
    ...call(tgkill, 'mv a1, a0', 'mv a0, s0', 'li a2, 10'), // its handler on the second, whose save is of 2
    'hdot.get s1, d3', // the first: from memory, and unchanged
    ...call(getpid),
    'hdot.get s2, d3', // the second
    'slli s2, s2, 4',
    ...call(exit, 'or a0, s1, s2'),
    ...['handler:', 'li t0, 2', 'hdot.set d3, t0', 'ret'],
    ...['.data', '.balign 8', 'action: .dword 0, 0, 0, 0', '.text'],
  ];
  const { status, events } = await onMachine(readSoc({ name: 'two', harts }, 'test'), {
    program: program(...lines),
    bootargs: 'migrate.calls=move migrate.policy=fifo',
  });
  assert.deepEqual(
    went(events),
    [1, 2, 1, 2].map((hart) => `xhartdot on hart ${hart}`),
  );
  assert.equal(status, 0x11, 'what it set, both times');
});
