/** The kernel's share of the migration protocol, seen in the machine's events; each fault of the published prototype among it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { MachineEvent, MigrationEvent, TrapEvent } from '../../emulator/events.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { needs } from '../tools.js';
import { onMachine } from './boards.js';
import { assembly, compiled, example } from './programs.js';

const SIGILL = 128 + 4;
const soc = (app: number, vec: number, more = '') =>
  readSoc(
    {
      name: `app${app}-vec${vec}`,
      harts: [
        { count: app, isa: 'rv64gc', role: 'application' },
        ...(vec ? [{ count: vec, isa: `rv64gcv${more}_zvl256b`, role: 'accelerator' }] : []),
      ],
    },
    'test',
  );

/** An example with some of its text changed. */
function changed(name: string, ...changes: [from: string, to: string][]) {
  let text = readFileSync(`examples/${name}.S`, 'utf8');
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), `${name}.S has no longer: ${from}`);
    text = text.replace(from, to);
  }
  return assembly(name, text);
}

/** A program that does this and exits with a0. */
const short = (...lines: string[]) =>
  assembly('short', ['.globl _start', '_start:', ...lines, 'li a7, 94', 'ecall', ''].join('\n'));

const steps = (events: MachineEvent[], step: MigrationEvent['step']) =>
  events.filter((event): event is MigrationEvent => event.kind === 'migration' && event.step === step);
const leaves = (events: MachineEvent[], reason: string) =>
  steps(events, 'leave').filter((event) => event.reason === reason).length;

/** Whoever was sent has come back, once each time. */
function nothingLost(events: MachineEvent[]): void {
  const trips = new Map<number, number>();
  for (const { task } of steps(events, 'enqueue')) trips.set(task, (trips.get(task) ?? 0) + 1);
  for (const { task } of steps(events, 'return')) trips.set(task, (trips.get(task) ?? 0) - 1);
  assert.deepEqual(
    [...trips].filter(([, n]) => n),
    [],
    'tasks (and how often) that did not return',
  );
}

/** Each system call and each fault is a trip home, as in the published system. */
const MOVE = { bootargs: 'migrate.calls=move migrate.faults=move' };

test('pingpong goes out and back exactly as often as its loop says', async () => {
  const { events } = await onMachine(soc(2, 1), { program: example('pingpong'), ...MOVE });
  assert.equal(steps(events, 'arrive').length, 100);
  assert.equal(leaves(events, 'syscall'), 100);
  assert.equal(steps(events, 'leave').length, 100);
  nothingLost(events);
});

test('a first touch from the vector hart comes back for its page, each page once', async () => {
  const { events } = await onMachine(soc(2, 1), { program: example('faults') });
  assert.equal(leaves(events, 'page-fault'), 32);
  assert.equal(leaves(events, 'syscall'), 1);
  assert.equal(steps(events, 'arrive').length, 33);
});

test('nothing is pinned unless the program asks for it: mlockall spares the page faults', async () => {
  const lock: [string, string] = ['_start:\n', '_start: li a0, 3\n li a7, 230\n ecall\n bnez a0, failed\n'];
  const { events, status } = await onMachine(soc(1, 1), { program: changed('faults', lock) });
  assert.equal(status, 0);
  assert.equal(leaves(events, 'page-fault'), 0);
});

test('two returns close together are two wake-ups', async () => {
  const many = changed('threads', ['THREADS, 4', 'THREADS, 12']);
  // in short turns, so that the harts' times stay close
  const { console, events } = await onMachine({ ...soc(1, 4), quantum: 10 }, { program: many });
  assert.match(console, / 4717056\n$/); // the sum of 0 to 12 * 256 - 1
  nothingLost(events);
  const served = new Map<number, Set<number>>();
  for (const { cycle, task } of steps(events, 'return')) served.set(cycle, (served.get(cycle) ?? new Set()).add(task));
  assert.ok(
    Math.max(...[...served.values()].map(({ size }) => size)) > 1,
    'no two tasks were announced by one interrupt',
  );
});

test('a return never lands inside the kernel: it interrupts user mode, and an idle hart looks by itself', async () => {
  const interrupts = (events: MachineEvent[]) =>
    events.filter((e): e is TrapEvent => e.kind === 'trap' && e.interrupt && e.cause === 16 && e.to === 1);
  const heard = (events: MachineEvent[]) => events.filter((e) => e.kind === 'acknowledge' && e.interrupt === 16);
  const busy = await onMachine(soc(2, 2), { program: changed('threads', ['THREADS, 4', 'THREADS, 8']) });
  assert.ok(interrupts(busy.events).length >= 8);
  for (const { from, pc } of interrupts(busy.events))
    assert.equal(from, 0, `taken in the kernel at ${pc.toString(16)}`);
  const idle = await onMachine(soc(1, 1), { program: example('pingpong'), ...MOVE });
  assert.equal(interrupts(idle.events).length, 0);
  assert.equal(heard(idle.events).length, 100);
});

test('a full firmware queue is no failure: the kernel keeps the others in order', async () => {
  // with some work on the vector hart, or else the queue never fills
  const work: [string, string] = [
    'vle32.v v8, (s1)',
    'li t6, 3000\n9: addi t6, t6, -1\n bnez t6, 9b\n vle32.v v8, (s1)',
  ];
  const many = changed('threads', ['THREADS, 4', 'THREADS, 24'], work);
  const { console, events } = await onMachine(soc(2, 1), { program: many });
  assert.match(console, / 18871296\n$/); // the sum of 0 to 24 * 256 - 1
  assert.ok(steps(events, 'queue-full').length > 0);
  nothingLost(events);
  const trips = new Map<number, number>();
  for (const { task } of steps(events, 'arrive')) {
    trips.set(task, (trips.get(task) ?? 0) + 1);
    if (trips.size < 24) continue;
    const counts = [...trips.values()];
    assert.ok(
      Math.max(...counts) - Math.min(...counts) <= 8,
      `one task went ${Math.max(...counts)} times, another ${Math.min(...counts)}`,
    );
  }
});

test(
  'a thread that never leaves the vector hart gives way when its slice is over',
  needs('riscv64-linux-gnu-gcc'),
  async () => {
    const { console, status, events } = await onMachine(soc(2, 1), { program: compiled('share') });
    assert.equal(status, 0);
    assert.equal(console, 'share: 42, off by 0\n');
    nothingLost(events);
    const recalls = leaves(events, 'recall');
    assert.ok(recalls > 0 && recalls < 10, `${recalls} recalls`);
  },
);

test('who has a vector hart to himself is left alone', needs('riscv64-linux-gnu-gcc'), async () => {
  const { status, events } = await onMachine(soc(2, 2), { program: compiled('share') });
  assert.equal(status, 0);
  assert.equal(leaves(events, 'recall'), 0);
});

test('without an accelerator hart a vector instruction is illegal', async () => {
  const { status, events } = await onMachine(soc(2, 0), { program: example('pingpong') });
  assert.equal(status, SIGILL);
  assert.equal(steps(events, 'sbi-migrate').length, 0);
});

test('only instructions of a class leave: reading vlenb does, a floating-point load does not, nonsense dies here', async () => {
  const vlenb = await onMachine(soc(1, 1), { program: short('csrr a0, vlenb') });
  assert.equal(vlenb.status, 32);
  assert.equal(steps(vlenb.events, 'arrive').length, 1);
  const load = await onMachine(soc(1, 1), { program: short('flw ft0, -8(sp)', 'fsw ft0, -16(sp)', 'li a0, 3') });
  assert.equal(load.status, 3);
  const nonsense = await onMachine(soc(1, 1), { program: short('.word 0x0000707b') });
  assert.equal(nonsense.status, SIGILL);
  for (const { events } of [load, nonsense]) assert.equal(steps(events, 'sbi-migrate').length, 0);
});

test('an instruction that lies across two pages is recognised', async () => {
  const program = short('j 1f', '.balign 4096', '.zero 4092', '1: c.nop', 'vsetivli a0, 3, e32, m1, ta, ma');
  const { status, events } = await onMachine(soc(1, 1), { program });
  assert.equal(status, 3);
  assert.ok(steps(events, 'arrive').length >= 1);
});

test('a program that changes its code and fences for itself finds the new code on the vector hart too', async () => {
  const mapped = ['li a0, 0', 'li a1, 4096', 'li a2, 7', 'li a3, 0x22', 'li a4, -1', 'li a5, 0', 'li a7, 222', 'ecall'];
  // the code is: vsetivli zero, 1, e32, m1, ta, ma; li a0, some number; ret. Home again by a system call.
  const code = ['mv s0, a0', 'la t0, code', 'ld t1, (t0)', 'sd t1, (s0)', 'lw t1, 8(t0)', 'sw t1, 8(s0)', 'fence.i'];
  const go = ['jalr s0', 'mv s1, a0', 'li a7, 178', 'ecall'];
  const change = ['la t0, code', 'lw t1, 4(t0)', 'li t2, 2 << 20', 'add t1, t1, t2', 'sw t1, 4(s0)', 'fence.i'];
  const end = ['jalr s0', 'slli s1, s1, 4', 'or a0, a0, s1', 'j 1f', '.balign 8'];
  const text = [
    '.option push',
    '.option norvc',
    'code: vsetivli zero, 1, e32, m1, ta, ma',
    'li a0, 5',
    'ret',
    '.option pop',
  ];
  const program = short(...mapped, ...code, ...go, ...change, ...end, ...text, '1:');
  const { status, events } = await onMachine(soc(1, 1), { program });
  assert.equal(status, 0x57);
  assert.equal(steps(events, 'arrive').length, 2);
});

test('what is illegal on the vector hart too kills the thread, with one trip', async () => {
  // vsetvl sets vill, and vadd.vv may not be executed then
  const program = short('li t0, -1', 'vsetvl t1, zero, t0', 'vadd.vv v8, v8, v8');
  const { status, events } = await onMachine(soc(1, 1), { program });
  assert.equal(status, SIGILL);
  assert.equal(leaves(events, 'illegal'), 1);
  assert.equal(steps(events, 'arrive').length, 1);
});

test('instructions of vector extensions leave too, and where the vector hart lacks theirs the thread dies of them', async () => {
  const count = ['vsetivli t0, 2, e32, m1, ta, ma', 'vmv.v.i v1, -1', 'vcpop.v v1, v1', 'vmv.x.s a0, v1'];
  const bits = await onMachine(soc(1, 1, '_zvbb'), { program: short('.option arch, +zvbb', ...count) });
  assert.equal(bits.status, 32);
  const key = [
    'vsetivli t0, 4, e32, m1, ta, ma',
    'vmv.v.i v1, 0',
    'vaeskf1.vi v1, v1, 1',
    'vmv.x.s a0, v1',
    'andi a0, a0, 0xff',
  ];
  const round = await onMachine(soc(1, 1, '_zvkng'), { program: short('.option arch, +zvkned', ...key) });
  assert.equal(round.status, 0x62);
  for (const lines of [count, key, ['vcpop.v v1, v1'], ['vghsh.vv v1, v2, v3']]) {
    const { status, events } = await onMachine(soc(1, 1), { program: short('.option arch, +zvbb, +zvkng', ...lines) });
    assert.equal(status, SIGILL);
    assert.equal(leaves(events, 'illegal'), 1);
    assert.equal(steps(events, 'arrive').length, 1);
  }
});

/** A second thread stays in a vector loop for ever; the first one then does `end`. */
const abandoned = (...end: string[]) =>
  short(
    'li a0, 0x50f00',
    'la a1, stack',
    'li a7, 220',
    'ecall',
    'bnez a0, 2f',
    '1: vsetivli t0, 2, e64, m1, ta, ma',
    'la t1, going',
    'sw t0, (t1)',
    'j 1b',
    '2: la t1, going',
    '3: lw t0, (t1)',
    'beqz t0, 3b',
    ...end,
    'li a7, 94',
    'ecall',
    '.bss',
    '.zero 4096',
    'stack: .zero 16',
    'going: .zero 4',
    '.text',
  );

test('a program that exits while a thread is away leaves no message behind', async () => {
  const { status, events } = await onMachine(soc(2, 1), { program: abandoned('li a0, 5') });
  assert.equal(status, 5);
  assert.equal(leaves(events, 'recall'), 1);
  nothingLost(events);
});

test('a thread that is away can be killed', async () => {
  const kill = ['li a7, 172', 'ecall', 'li a1, 9', 'li a7, 129', 'ecall', 'j .'];
  const { status, events } = await onMachine(soc(1, 1), { program: abandoned(...kill) });
  assert.equal(status, 128 + 9);
  nothingLost(events);
});

test(
  'memory is unmapped only after threads of the address space have come back, and they go on',
  needs('riscv64-linux-gnu-gcc'),
  async () => {
    const { console, events } = await onMachine(soc(2, 1), { program: compiled('unmap') });
    assert.match(console, /registers are whole/);
    assert.ok(leaves(events, 'recall') > 0);
    nothingLost(events);
  },
);

test(
  'a signal finds a thread that is away, and its registers survive the handler',
  needs('riscv64-linux-gnu-gcc'),
  async () => {
    const { console, events } = await onMachine(soc(2, 1), { program: compiled('signals') });
    assert.match(console, /interrupted a vector loop/);
    assert.doesNotMatch(console, /LOST/);
    assert.ok(leaves(events, 'recall') > 0);
  },
);

const pinned = (hart: number) =>
  short(
    'la a2, mask',
    `li t0, ${1 << hart}`,
    'sd t0, (a2)',
    'li a0, 0',
    'li a1, 8',
    'li a7, 122',
    'ecall',
    'bnez a0, 1f',
    'vsetivli a0, 3, e32, m1, ta, ma',
    '1:',
    '.bss',
    '.balign 8',
    'mask: .zero 8',
    '.text',
  );

const overCall = (...before: string[]) =>
  short(
    ...before,
    'vsetivli t0, 4, e32, m1, ta, ma',
    'vmv.v.i v8, 7',
    'li a7, 173',
    'ecall',
    'vsetivli t0, 4, e32, m1, ta, ma',
    'vmv.x.s a0, v8',
  );

test('a system call discards vector registers, unless the thread asked to keep them', async () => {
  const keep = ['li a0, 0x4d494700', 'li a1, 1', 'li a7, 167', 'ecall'];
  for (const where of ['app2-vec1', 'all-vector']) {
    const discarded = await onMachine(socNamed(where), { program: overCall() });
    assert.equal(discarded.status, 255, `${where}: all ones`);
    const kept = await onMachine(socNamed(where), { program: overCall(...keep) });
    assert.equal(kept.status, 7, where);
  }
});

test('what an application hart has and an accelerator lacks is executed at home; what neither has is illegal', async () => {
  const program = (extension: string, instruction: string) =>
    short(
      `.option arch, +${extension}`,
      'li s0, 3',
      'li s1, 0',
      '1: vsetivli t0, 2, e32, m1, ta, ma',
      'vmv.v.i v8, 5',
      instruction,
      'vmv.x.s t1, v8',
      'add s1, s1, t1',
      'addi s0, s0, -1',
      'bnez s0, 1b',
      'mv a0, s1',
    );
  const harts = [{ isa: 'rv64gc_zba' }, { isa: 'rv64gcv', role: 'accelerator' }];
  const chip = readSoc({ name: 'zba at home', harts }, 'test');
  const run = await onMachine(chip, { program: program('zba', 'sh1add s1, s0, s1') });
  assert.equal(run.status, 3 * 5 + 2 * (3 + 2 + 1));
  assert.equal(leaves(run.events, 'illegal'), 3, 'each time around');
  const illegal = await onMachine(chip, { program: program('zbb', 'max s1, s0, s1') });
  assert.equal(illegal.status, SIGILL);
  const vector = await onMachine(chip, { program: program('zvbb', 'vclz.v v8, v8') });
  assert.equal(vector.status, SIGILL);
});

test('migrate=off is the baseline: every hart is seen, and programs pin themselves to one that has V', async () => {
  const off = { bootargs: 'migrate=off' };
  const there = await onMachine(socNamed('app2-vec1'), { program: pinned(2), ...off });
  assert.equal(there.status, 3);
  const here = await onMachine(socNamed('app2-vec1'), { program: pinned(0), ...off });
  assert.equal(here.status, SIGILL);
  for (const { events } of [there, here]) assert.equal(steps(events, 'arrive').length, 0);
  const hidden = await onMachine(socNamed('app2-vec1'), { program: pinned(2) });
  assert.equal(hidden.status, 256 - 22, 'an accelerator hart is no hart of the kernel: EINVAL');
});

test('the same inputs give the same run', async () => {
  const trace = async () => (await onMachine(soc(2, 1), { program: example('threads') })).events;
  const strings = (events: MachineEvent[]) =>
    events.map((event) => JSON.stringify(event, (_, v) => (typeof v === 'bigint' ? `${v}` : v)));
  assert.deepEqual(strings(await trace()), strings(await trace()));
});

test(
  'a handler may use vectors on a hart of another VLEN than what it interrupts',
  needs('riscv64-linux-gnu-gcc'),
  async () => {
    const run = { program: compiled('handler-vlen'), bootargs: 'migrate.policy=fifo' };
    const { console, status } = await onMachine(socNamed('mixed-vlen'), run);
    assert.equal(console, 'the same VLEN, v8 7, vl 2\nthe handler was on harts of two VLENs\n');
    assert.equal(status, 0);
  },
);

test(
  'sigreturn of one that keeps its vectors over system calls gives back those that the handler changed',
  needs('riscv64-linux-gnu-gcc'),
  async () => {
    for (const name of ['all-vector', 'app1-vec1']) {
      const { console } = await onMachine(socNamed(name), { program: compiled('handler-vlen'), args: ['keep'] });
      assert.equal(console, 'the same VLEN, v8 7, vl 2\nthe handler was on harts of one VLEN\n', name);
    }
  },
);
