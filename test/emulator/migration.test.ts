import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import { boot } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import type { MigrationEvent } from '../../emulator/events.js';
import { initrd } from '../../emulator/initrd.js';
import { Machine } from '../../emulator/machine.js';
import { socNamed } from '../../emulator/soc/presets.js';

const file = (path: string) => new URL(`../../${path}`, import.meta.url);
const image = (name: string) => readElf(readFileSync(file(`images/${name}.elf`)), name);

interface Trip {
  readonly machine: Machine;
  readonly status: number | undefined;
  readonly console: string;
  readonly steps: readonly MigrationEvent[];
}

/** Run a program on firmware and kernel to its end. */
async function trip(name: string, text: string, soc = 'app2-vec1', bootargs = ''): Promise<Trip> {
  const { elf, diagnostics } = assemble([{ name, text }]);
  assert.ok(elf, JSON.stringify(diagnostics));
  const machine = await Machine.create(socNamed(soc));
  const steps: MigrationEvent[] = [];
  let console = '';
  machine.events.on((event) => {
    if (event.kind === 'migration') steps.push(event);
    if (event.kind === 'console') console += String.fromCharCode(event.byte);
  });
  boot(machine, { firmware: image('firmware'), kernel: image('kernel'), initrd: initrd(elf, [name], []), bootargs });
  const stop = machine.run(200_000_000);
  assert.equal(stop.reason, 'power', `ended by ${stop.reason}; console: ${console}`);
  return { machine, status: stop.status, console, steps };
}
/** With each system call and fault a trip home, as in the published system. */
const example = (name: string, soc?: string) =>
  trip(`${name}.S`, readFileSync(file(`examples/${name}.S`), 'utf8'), soc, 'migrate.calls=move migrate.faults=move');

const count = <T>(list: readonly T[], which: (each: T) => boolean) => list.filter(which).length;
/** How often each reason stands in the report. */
function reasons({ machine }: Trip): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of machine.migrations.list) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

test('pingpong goes out and back once a round, each step in its place', async () => {
  const run = await example('pingpong');
  assert.equal(run.status, 0);
  assert.deepEqual(reasons(run), { vector: 100, syscall: 100 });
  const round = ['sbi-migrate', 'enqueue', 'arrive', 'leave', 'return', 'resume'];
  const mine = run.steps.filter(({ task }) => task === 1);
  for (const name of round)
    assert.equal(
      count(mine, ({ step }) => step === name),
      100,
      name,
    );
  assert.equal(
    count(run.steps, ({ step }) => step === 'illegal'),
    100,
  );
  // The answer to the call comes on another hart than the arrival, so only these have an order in the stream.
  const ordered = mine.filter(({ step }) => step !== 'enqueue').map(({ step }) => step);
  assert.deepEqual(ordered.slice(0, 5), ['sbi-migrate', 'arrive', 'leave', 'return', 'resume']);
  assert.deepEqual(ordered.slice(0, 5), ordered.slice(-5));
  const [out, back] = run.machine.migrations.list;
  assert.deepEqual([out!.from, out!.to, back!.from, back!.to], [0, 2, 2, 0]);
  assert.ok(out!.pc < back!.pc && back!.pc - out!.pc < 16n, 'from the vector instruction to the ecall');
  const resume = mine.find(({ step }) => step === 'resume')!;
  assert.equal(resume.pc, back!.pc + 4n, 'behind the ecall');
  assert.equal(run.machine.migrations.task(1)!.state, 'home');
});

test('first touches on the vector hart come back as page faults', async () => {
  const run = await example('faults');
  assert.deepEqual(reasons(run), { vector: 33, 'page-fault': 32, syscall: 1 });
  const resumed = run.steps.filter(({ step, reason }) => step === 'resume' && reason === 'page-fault');
  const out = run.machine.migrations.list.filter(({ reason }) => reason === 'vector').slice(1);
  assert.deepEqual(
    resumed.map(({ pc }) => pc),
    out.map(({ pc }) => pc),
    'to the faulting instruction, and out again',
  );
});

for (const soc of ['app2-vec1', 'app1-vec1', 'app2-vec2', 'mixed-vlen'])
  test(`threads: none is lost on ${soc}`, async () => {
    const run = await example('threads', soc);
    assert.equal(run.status, 0);
    const { tasks, list } = run.machine.migrations;
    assert.ok(tasks.length >= 4);
    for (const { tid, state, history } of tasks) {
      assert.equal(state, 'home', `task ${tid}`);
      const of = (name: string) => count(history, ({ step }) => step === name);
      for (const name of ['enqueue', 'leave', 'return', 'resume'])
        assert.equal(of(name), of('arrive'), `${tid} ${name}`);
      assert.equal(
        count(list, ({ task }) => task === tid),
        2 * of('arrive'),
      );
    }
  });

test('where every hart has vectors nothing migrates', async () => {
  const run = await example('daxpy', 'all-vector');
  assert.equal(run.status, 0);
  assert.equal(run.steps.length, 0);
  assert.equal(run.machine.migrations.list.length, 0);
});

test('the same program gives the same migrations, to the cycle', async () => {
  const [a, b] = [await example('threads'), await example('threads')];
  assert.deepEqual(a.machine.migrations.list, b.machine.migrations.list);
});

test('a thread that is away when its process exits is recalled', async () => {
  const run = await trip(
    'recall.S',
    `
        .globl _start
_start: li a0, 0x10f00          # VM, FS, FILES, SIGHAND, THREAD
        la a1, stack + 4096
        li a2, 0
        li a3, 0
        li a4, 0
        li a7, 220
        ecall
        beqz a0, child
        li s0, 200
1:      li a7, 124              # sched_yield
        ecall
        la t0, there
        lw t0, 0(t0)
        beqz t0, 1b
        li s1, 100              # the thread is at home for its page, and soon away again
3:      li a7, 124
        ecall
        addi s1, s1, -1
        bnez s1, 3b
        li a0, 3
        li a7, 94
        ecall
child:  vsetivli t0, 4, e32, m1, ta, ma
        la t1, there
        sw t0, 0(t1)
        vmv.v.i v1, 1
2:      vadd.vi v1, v1, 1
        j 2b
        .bss
        .align 12
there:  .zero 4096
stack:  .zero 4096
`,
    'app2-vec1',
    'migrate.faults=move',
  );
  assert.equal(run.status, 3);
  const { recall = 0, vector } = reasons(run);
  assert.equal(recall, 1);
  assert.ok(vector! >= 2, 'out, back for the page, out again');
  const last = run.machine.migrations.list.at(-1)!;
  assert.deepEqual([last.reason, last.from], ['recall', 2]);
});

test('a task that is away is known by where it runs', async () => {
  const { elf } = assemble([{ name: 'pingpong.S', text: readFileSync(file('examples/pingpong.S'), 'utf8') }]);
  const machine = await Machine.create(socNamed('app1-vec1'));
  boot(machine, { firmware: image('firmware'), kernel: image('kernel'), initrd: initrd(elf!, ['p'], []) });
  const end = machine.events.on(
    (event) => void (event.kind === 'migration' && event.step === 'arrive' && machine.stop()),
  );
  assert.equal(machine.run(200_000_000).reason, 'stopped');
  end();
  const task = machine.migrations.taskOn(1)!;
  assert.equal(task.tid, 1);
  assert.equal(task.state, 'away');
  assert.equal(machine.harts[1]!.privilege, 0, 'the stop is in the thread');
  assert.equal(machine.satp(1), task.satp);
  assert.equal(task.class, 0);
  assert.notEqual(task.saves.get(0) ?? 0n, 0n);
  assert.equal(machine.migrations.taskOn(0), undefined);
});
