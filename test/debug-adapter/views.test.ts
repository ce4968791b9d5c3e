/** What the views of the debug sidebar are told, where a recorded conversation would not show it: shares, other kernels, transports, going back. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HartsBody, QueueLine, QueuesBody, TasksBody } from '../../debug-adapter/views/messages.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const threads = `${root}examples/threads.S`;
const harts = (talk: Talk): Promise<HartsBody> => talk.ask('harthop/harts');
const tasks = (talk: Talk): Promise<TasksBody> => talk.ask('harthop/tasks');
const queues = (talk: Talk): Promise<QueuesBody> => talk.ask('harthop/queues');

/** Go from one request to migrate to the next until a queue is as wanted. */
async function untilQueue(talk: Talk, wanted: (queue: QueueLine) => boolean): Promise<QueueLine> {
  await talk.ask('setExceptionBreakpoints', { filters: ['sbi-migrate', 'leave'] });
  for (let stops = 0; stops < 60; stops++) {
    const { queues: all, notes } = await queues(talk);
    assert.deepEqual(notes, []);
    const found = all.find(wanted);
    if (found) return found;
    await talk.until('stopped', 'continue', { threadId: 1 });
  }
  throw new Error('no queue was ever so');
}

test('a hart that works has the load of all its cycles, one that waits little, and a step changes only the recent share', async () => {
  const talk = await Talk.launch(`${root}examples/dgemm.S`, { soc: 'app1-vec1' });
  await talk.ask('setFunctionBreakpoints', { breakpoints: [{ name: '_start' }] });
  await talk.until('stopped', 'configurationDone');
  const [home, vector] = (await harts(talk)).harts;
  assert.ok(home!.load > 0.9 && home!.load <= 1, `hart 0: ${home!.load}`);
  assert.ok(vector!.load < 0.1 && vector!.idle, `hart 1: ${vector!.load}`);
  await talk.go('next', 1, { granularity: 'instruction' });
  const after = (await harts(talk)).harts;
  assert.deepEqual([after[0]!.recentLoad, after[1]!.recentLoad], [1, 0]);
  await talk.ask('disconnect');
});

test('of a kernel without debug information only the threads that migrated are listed, and the list says so', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-views-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const kernel = readFileSync(`${root}images/kernel.elf`);
  // No section headers: nothing but what is loaded.
  kernel.writeBigUInt64LE(0n, 40);
  kernel.writeUInt16LE(0, 60);
  kernel.writeUInt16LE(0, 62);
  writeFileSync(join(folder, 'kernel.elf'), kernel);
  const talk = await Talk.launch(threads, { kernel: join(folder, 'kernel.elf') });
  await talk.ask('setExceptionBreakpoints', { filters: ['arrive'] });
  await talk.until('stopped', 'configurationDone');
  const { from, note, tasks: list } = await tasks(talk);
  assert.equal(from, 'migrations');
  assert.match(note!, /structures are not known/);
  assert.deepEqual(
    list.map(({ tid, place, where, onHart }) => ({ tid, place, where, onHart })),
    [{ tid: 2, place: 'away', where: 'on hart 2 (rv64gcv_zvl256b)', onHart: true }],
  );
  assert.match((await queues(talk)).notes.join(), /kernel's structures are not known/);
  await talk.ask('disconnect');
});

test('threads that wait before the vector hart are listed, whichever transport firmware uses', async () => {
  const transports = [
    ['fifo', 'app2-vec1', /list in shared memory/],
    ['mailbox', 'app2-vec1', /a word in shared memory for each sender/],
    ['device', { harts: mixed, mailbox: { slots: 4 } }, /the mailbox device/],
  ] as const;
  for (const [transport, soc, about] of transports) {
    const talk = await Talk.launch(threads, { soc, append: `migrate.transport=${transport}`, stopOnEntry: true });
    await talk.until('stopped', 'configurationDone');
    const inbound = await untilQueue(talk, ({ kind, entries }) => kind === 'inbound' && entries.length > 0);
    assert.match(inbound.about, about);
    const waits = inbound.entries[0]!;
    const task = (await tasks(talk)).tasks.find(({ tid }) => tid === waits.tid)!;
    assert.equal(task.place, 'queued', transport);
    assert.match(waits.text, /^vector, from hart [01]$/, transport);
    assert.ok(waits.details.includes(`goes on at ${task.code!.pc}`), transport);
    await talk.ask('disconnect');
  }
});

const mixed = [
  { count: 2, isa: 'rv64gc', role: 'application' },
  { count: 1, isa: 'rv64gcv_zvl256b', role: 'accelerator' },
];

test('threads for which firmware has no room are in the outbound queue, and their place says so', async () => {
  const soc = { harts: [{ count: 1, isa: 'rv64gc' }, mixed[1]] };
  const talk = await Talk.launch(threads, { soc, append: 'migrate.transport=mailbox', stopOnEntry: true });
  await talk.until('stopped', 'configurationDone');
  // The vector hart gets no turns, so what is sent to it stays.
  await talk.ask('harthop/freeze', { freeze: [1] });
  const outbound = await untilQueue(talk, ({ kind, entries }) => kind === 'outbound' && entries.length > 1);
  assert.ok(outbound.entries.every(({ name }) => name === 'threads.S'));
  const { tasks: list } = await tasks(talk);
  for (const { tid } of outbound.entries) assert.equal(list.find((task) => task.tid === tid)!.place, 'outbound');
  await talk.ask('disconnect');
});

test('a freeze is part of the run: gone back before it the hart runs, and forward again it stands still at the same step', async () => {
  const talk = await Talk.launch(threads);
  await talk.ask('setFunctionBreakpoints', { breakpoints: [{ name: '_start' }] });
  await talk.until('stopped', 'configurationDone');
  await talk.ask('setFunctionBreakpoints', { breakpoints: [] });
  await talk.go('next', 1);
  await talk.ask('harthop/freeze', { freeze: [1] });
  await talk.go('next', 1);
  await talk.go('next', 1);
  const frozen = async () => (await harts(talk)).harts.map((hart) => hart.frozen);
  assert.deepEqual(await frozen(), [false, true, false]);
  const there = await harts(talk);
  await talk.go('stepBack', 1);
  await talk.go('stepBack', 1);
  await talk.go('stepBack', 1);
  assert.deepEqual(await frozen(), [false, false, false]);
  for (let steps = 0; steps < 3; steps++) await talk.go('next', 1);
  const again = await harts(talk);
  assert.deepEqual(
    again.harts.map(({ recentLoad, ...rest }) => rest),
    there.harts.map(({ recentLoad, ...rest }) => rest),
  );
  await talk.ask('disconnect');
});

test('a step of a frozen hart is refused; a thread that is sent to a frozen hart waits there, and the stop says so', async () => {
  const talk = await Talk.launch(`${root}examples/daxpy.S`, { soc: 'app1-vec1' });
  await talk.ask('setExceptionBreakpoints', { filters: ['sbi-migrate'] });
  await talk.until('stopped', 'configurationDone');
  await talk.ask('setExceptionBreakpoints', { filters: [] });
  await talk.ask('harthop/freeze', { freeze: [1] });
  const refused = await talk.request('next', { threadId: 2 });
  assert.equal(refused.message, 'hart 1 is frozen and gets no turns; thaw it first');
  const stop = await talk.until('stopped', 'continue', { threadId: 1 });
  assert.match(stop.description, /Nothing can run: hart 1 is frozen/);
  const [task] = (await tasks(talk)).tasks;
  assert.equal(task!.place, 'queued');
  await talk.ask('harthop/freeze', { thaw: [1] });
  await talk.until('exited', 'continue', { threadId: 1 });
  await talk.ask('disconnect');
});

test('alone, a hart steps while no other does anything; back and forward again gives the same; then all run on', async () => {
  const talk = await Talk.launch(threads);
  await talk.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'thread' }] });
  const { threadId } = await talk.until('stopped', 'configurationDone');
  await talk.ask('setFunctionBreakpoints', { breakpoints: [] });
  const other = threadId === 1 ? 2 : 1;
  const others = async () =>
    (await talk.ask('evaluate', { expression: '$pc', frameId: await top(talk, other) })).result;
  const before = await others();
  await talk.go('next', threadId, { singleThread: true });
  await talk.go('next', threadId, { singleThread: true });
  assert.equal(await others(), before);
  const { harts: now } = await harts(talk);
  assert.equal(now[other - 1]!.recentLoad, 0);
  assert.ok(now.every(({ frozen }) => !frozen));
  await talk.go('stepBack', threadId);
  await talk.go('next', threadId);
  assert.deepEqual(
    (await harts(talk)).harts.map(({ recentLoad, ...rest }) => rest),
    now.map(({ recentLoad, ...rest }) => rest),
  );
  await talk.until('exited', 'continue', { threadId });
  assert.match(talk.stdout, /total of 523776/);
});

const top = async (talk: Talk, threadId: number): Promise<number> =>
  (await talk.ask('stackTrace', { threadId })).stackFrames[0].id;
