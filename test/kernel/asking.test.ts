/** System calls and page faults that are served while the thread waits on its accelerator hart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MachineEvent, MigrationEvent } from '../../emulator/events.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { onMachine } from './boards.js';
import { assembly, example } from './programs.js';

const arrivals = (events: MachineEvent[]) =>
  events.filter((e): e is MigrationEvent => e.kind === 'migration' && e.step === 'arrive').length;
const append = (calls: string, faults = 'move') => ({ bootargs: `migrate.calls=${calls} migrate.faults=${faults}` });

/** What a program does `times` times, in cycles of the guest; its exit status. */
const program = (...lines: string[]) =>
  assembly('asks', ['.globl _start', '_start:', ...lines, 'li a7, 94', 'ecall', ''].join('\n'));

/** Ends with the cycles that one round of these lines takes (at most 255 * unit), after a first round. */
function timed(rounds: number, unit: number, ...lines: string[]) {
  return program(
    `li s0, ${rounds + 1}`,
    `1: li t0, ${rounds}`,
    'bne s0, t0, 2f',
    'rdcycle s1',
    '2:',
    ...lines,
    'addi s0, s0, -1',
    'bnez s0, 1b',
    'rdcycle a0',
    'sub a0, a0, s1',
    `li t0, ${rounds * unit}`,
    'divu a0, a0, t0',
  );
}
const VECTOR = 'vsetivli t0, 4, e32, m1, ta, ma';
const GETPID = ['li a7, 172', 'ecall'];
const UNIT = 32;
const cycles = async (bootargs: string, rounds: number, ...lines: string[]) =>
  UNIT * (await onMachine(socNamed('app1-vec1'), { program: timed(rounds, UNIT, ...lines), bootargs })).status;

test('pingpong is cured of thrashing: crossings under move, ask and auto', async () => {
  const crossings = async (calls: string) => {
    const { events, console, status } = await onMachine(socNamed('app2-vec1'), {
      program: example('pingpong'),
      ...append(calls),
    });
    assert.deepEqual([status, console], [0, 'pingpong: 100 rounds\n']);
    return arrivals(events);
  };
  assert.equal(await crossings('move'), 100);
  assert.equal(await crossings('ask'), 1);
  const auto = await crossings('auto');
  assert.ok(auto > 1 && auto <= 6, `${auto} trips`);
});

test('an asked system call costs at most 700 cycles over a native one, a moved one at most 1,700', async () => {
  const native = await cycles('', 64, ...GETPID);
  const moved = await cycles('migrate.calls=move', 64, VECTOR, ...GETPID);
  const asked = await cycles('migrate.calls=ask', 64, VECTOR, ...GETPID);
  assert.ok(asked - native <= 700, `${asked} beside ${native}`);
  assert.ok(moved - native <= 1700, `${moved} beside ${native}`);
});

/** Touches a fresh page each round, after a vector instruction. */
const touches = (...vector: string[]) => [
  ...vector,
  'bnez s2, 3f',
  'li a0, 0',
  'li a1, 1 << 20',
  'li a2, 3',
  'li a3, 0x22',
  'li a4, -1',
  'li a5, 0',
  'li a7, 222',
  'ecall',
  'mv s2, a0',
  ...vector,
  '3: sb s0, (s2)',
  'li t0, 4096',
  'add s2, s2, t0',
];

test('an asked page fault costs at most a third of moving back', async () => {
  const native = await cycles('', 64, ...touches());
  const moved = await cycles('migrate.faults=move', 64, ...touches(VECTOR));
  const asked = await cycles('migrate.faults=ask', 64, ...touches(VECTOR));
  const seen = `native ${native}, asked ${asked}, moved ${moved}`;
  assert.ok(3 * (asked - native) <= moved - native, seen);
  assert.ok(3 * asked <= moved, seen); // the page itself, cleared ahead, included
});

test('a system call asked of from afar does what it does at home, and what has to sleep goes home for it', async () => {
  // write, clock_gettime into a fresh page, futex (a word that differs: at once; the right word: until its time has come), exit
  const lines = [
    VECTOR,
    'vmv.v.i v8, 9',
    'li a0, 1',
    'la a1, text',
    'li a2, 5',
    'li a7, 64',
    'ecall',
    'la a0, text',
    'andi a0, a0, -4',
    'li a1, 128',
    'li a2, 7',
    'li a3, 0',
    'li a7, 98',
    'ecall', // EAGAIN, served there: v8 is still what it was, which Linux's ABI does not promise
    'li t0, -11',
    'bne a0, t0, 9f',
    'vmv.x.s s0, v8',
    'la a0, text',
    'andi a0, a0, -4',
    'lw a2, (a0)',
    'li a1, 128',
    'la a3, moment',
    'li a7, 98',
    'ecall',
    'li t0, -110',
    'bne a0, t0, 9f',
    'mv a0, s0',
    'j 8f',
    '9: li a0, 1',
    '8:',
    '.data',
    '.balign 8',
    'moment: .dword 0, 1000',
    'text: .ascii "hello\\n\\0\\0"',
    '.text',
  ];
  const { console, status, events } = await onMachine(socNamed('app1-vec1'), {
    program: program(...lines),
    ...append('ask', 'ask'),
  });
  assert.deepEqual([console, status], ['hello', 9]);
  assert.equal(arrivals(events), 1);
});

test('a thread that signals itself from afar takes the signal at home, registers whole', async () => {
  const lines = [
    'li a0, 10',
    'la a1, action',
    'li a2, 0',
    'li a3, 8',
    'li a7, 134',
    'ecall', // sigaction(SIGUSR1)
    VECTOR,
    'vmv.v.i v8, 5',
    'li a7, 172',
    'ecall',
    'li a1, 10',
    'li a7, 129',
    'ecall', // kill(getpid(), SIGUSR1)
    'vmv.x.s a0, v8',
    'add a0, a0, s5',
    'j 8f',
    'handler: li s6, 3',
    VECTOR,
    'vmv.v.i v8, 1',
    'la t0, seen',
    'sw s6, (t0)',
    'ret',
    '8: la t0, seen',
    'lw t1, (t0)',
    'slli t1, t1, 4',
    'add a0, a0, t1',
    '.data',
    '.balign 8',
    'action: .dword handler, 4, 0', // SA_SIGINFO
    'seen: .dword 0',
    '.text',
  ];
  for (const calls of ['ask', 'auto', 'move']) {
    const keep = ['li a0, 0x4d494700', 'li a1, 1', 'li a7, 167', 'ecall'];
    const { status } = await onMachine(socNamed('app2-vec1'), {
      program: program('li s5, 0', ...keep, ...lines),
      ...append(calls, 'ask'),
    });
    assert.equal(status, 0x35, calls);
  }
});

test('a thread killed while it asks for ever is gone', async () => {
  // the second thread asks in a loop; the first ends the process
  const lines = [
    'li a0, 0x50f00',
    'la a1, stack',
    'li a7, 220',
    'ecall',
    'bnez a0, 2f',
    `1: ${VECTOR}`,
    ...GETPID,
    'la t1, going',
    'sw a0, (t1)',
    'j 1b',
    '2: la t1, going',
    '3: lw t0, (t1)',
    'beqz t0, 3b',
    'li a0, 4',
    '.bss',
    '.zero 4096',
    'stack: .zero 16',
    'going: .zero 4',
    '.text',
  ];
  for (const soc of ['app1-vec1', 'app2-vec1']) {
    const { status } = await onMachine(socNamed(soc), { program: program(...lines), ...append('ask', 'ask') });
    assert.equal(status, 4);
  }
});

test('prctl chooses for a thread what the boot words choose for all', async () => {
  const choose = (option: number, value: number) => [
    `li a0, ${option}`,
    `li a1, ${value}`,
    'li a7, 167',
    'ecall',
    'bnez a0, 9f',
  ];
  const rounds = ['li s0, 10', `1: ${VECTOR}`, ...GETPID, 'addi s0, s0, -1', 'bnez s0, 1b', 'li a0, 0', '9:'];
  const trips = async (...lines: string[]) => {
    const run = await onMachine(socNamed('app1-vec1'), { program: program(...lines, ...rounds) });
    assert.equal(run.status, 0);
    return arrivals(run.events);
  };
  assert.equal(await trips(...choose(0x4d494702, 0)), 10);
  assert.equal(await trips(...choose(0x4d494702, 1)), 1);
  const refused = await onMachine(socNamed('app1-vec1'), { program: program(...choose(0x4d494702, 3), '9:') });
  assert.equal(refused.status, 256 - 22, 'EINVAL');
});
