/** Stepping back by line is stepping over lines, reversed: over calls and whatever migrations they took, in assembly and in C. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { needs } from '../tools.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-back-'));
after(() => rmSync(folder, { recursive: true }));
const gcc = 'riscv64-linux-gnu-gcc';
const instruction = { granularity: 'instruction' };

interface At {
  readonly thread: number;
  readonly place: string;
  readonly steps: number;
}

async function stoppedAt(program: string, source: string, line: number): Promise<{ talk: Talk; at: At }> {
  const talk = await Talk.launch(program);
  await talk.ask('setBreakpoints', { source: { path: source }, breakpoints: [{ line }] });
  const stop = await talk.until('stopped', 'configurationDone');
  await talk.ask('setBreakpoints', { source: { path: source }, breakpoints: [] });
  return { talk, at: await there(talk, stop.threadId) };
}

async function there(talk: Talk, thread: number): Promise<At> {
  return { thread, place: (await talk.stack(thread))[0]!, steps: talk.live.machine.steps };
}

async function go(talk: Talk, command: string, { thread }: At): Promise<At> {
  return there(talk, (await talk.go(command, thread)).threadId);
}

/** Step over lines up to a place, then step back over all that: each step leads to where one began. */
async function thereAndBack(talk: Talk, from: At, to: RegExp): Promise<string[]> {
  const way: At[] = [];
  let at = from;
  for (; !to.test(at.place); at = await go(talk, 'next', at)) way.push(at);
  const lines = [...way, at].map(({ place }) => place.split(':')[1]!);
  for (const was of way.reverse()) {
    at = await go(talk, 'stepBack', at);
    assert.deepEqual(at, was, lines.join(', '));
  }
  return lines;
}

test('over calls in assembly, with and without frames, and over lines with several calls or a loop', async () => {
  const path = `${root}test/debug-adapter/programs/returns.S`;
  const { talk, at } = await stoppedAt(path, path, 6);
  assert.deepEqual(await thereAndBack(talk, at, /:11$/), ['6', '7', '8', '9', '10', '11']);
  // In the function that calls itself, over the inner calls; out of it to the line with the call.
  await talk.ask('setBreakpoints', { source: { path }, breakpoints: [{ line: 22, condition: 'a0 == 1' }] });
  const inside = await there(talk, (await talk.go('continue', at.thread)).threadId);
  assert.deepEqual(await thereAndBack(talk, inside, /:32$/), [
    '22',
    '23',
    '24',
    '25',
    '26',
    '27',
    '28',
    '29',
    '30',
    '31',
    '32',
  ]);
  const before = [27, 26, 25, 24, 23, 22, 27];
  let back = inside;
  for (const place of before) {
    back = await go(talk, 'stepBack', back);
    assert.equal(back.place, `sum returns.S:${place}`);
  }
  await talk.ask('terminate');
});

test('over a call that went to the vector hart and came back; or into it, to its end there', async () => {
  const path = `${root}test/debug-adapter/programs/trip.S`;
  const { talk, at } = await stoppedAt(path, path, 13);
  assert.deepEqual(await thereAndBack(talk, at, /:14$/), ['13', '14']);
  const behind = await go(talk, 'next', at);
  // The call left hart 0, and came home from hart 2 for a system call only.
  assert.deepEqual([at.thread, behind.thread], [1, 3]);
  const inside = await go(talk, 'harthop/stepBackInto', behind);
  assert.deepEqual([inside.thread, inside.place], [3, 'double_all trip.S:30']);
  // From there, line by line: to the call.
  let back = inside;
  for (const line of [29, 28, 27, 26, 25]) {
    back = await go(talk, 'stepBack', back);
    assert.equal(back.place, `double_all trip.S:${line}`);
  }
  assert.deepEqual(await go(talk, 'stepBack', back), at);
  await talk.ask('terminate');
});

const scheduler = readFileSync(`${root}kernel/scheduler.c`, 'utf8').split('\n');
const installs = scheduler.indexOf('      install(h, t);') + 1;

test('in the kernel, over what firmware did for it: by line and by instruction', async () => {
  // The kernel's idle loop takes the first thread: that sets the timer, which firmware does.
  const { talk, at } = await stoppedAt(`${root}examples/daxpy.S`, `${root}kernel/scheduler.c`, installs);
  await thereAndBack(talk, at, new RegExp(`^idle .*:${installs + 1}$`));
  // Over the ecall to firmware, which is reached by single steps.
  let before = at;
  const privilege = () => talk.live.machine.harts[before.thread - 1]!.privilege;
  const into = async (from: At) => there(talk, (await talk.go('stepIn', from.thread, instruction)).threadId);
  let called: At;
  for (called = before; privilege() === 1; called = await into(called)) before = { ...called };
  assert.equal(privilege(), 3);
  const back = await there(talk, (await talk.go('harthop/stepBackOut', called.thread)).threadId);
  assert.deepEqual(back, before);
  const behind = await there(talk, (await talk.go('next', back.thread, instruction)).threadId);
  assert.equal(privilege(), 1);
  assert.deepEqual(await there(talk, (await talk.go('stepBack', behind.thread, instruction)).threadId), before);
  await talk.ask('terminate');
});

for (const option of ['-O0', '-O1', '-O2'])
  test(`over lines of C and what they call or have inlined, ${option}`, {
    ...needs(gcc),
    timeout: 60_000,
  }, async () => {
    const build = (name: string, ...more: string[]) => {
      const source = `${root}test/debug-adapter/programs/${name}.c`;
      const program = join(folder, `${name}${option}`);
      execFileSync(gcc, ['-static', '-g', option, ...more, '-o', program, source]);
      return [program, source] as const;
    };
    const values = await stoppedAt(...build('values'), option === '-O0' ? 46 : 47);
    await thereAndBack(values.talk, values.at, /:64$/);
    await values.talk.ask('terminate');
    // Others of its threads go to the vector hart meanwhile.
    const point = await stoppedAt(...build('point', '-pthread', '-march=rv64gcv'), 38);
    await thereAndBack(point.talk, point.at, /:43$/);
    await point.talk.ask('terminate');
  });

test('from C over a vector loop in assembly, which ran on another hart', {
  ...needs(gcc),
  timeout: 60_000,
}, async () => {
  const sources = ['mixed.c', 'axpy.S'].map((name) => `${root}test/extension/programs/${name}`);
  const program = join(folder, 'mixed');
  execFileSync(gcc, ['-static', '-g', '-O0', '-march=rv64gcv', ...sources, '-o', program]);
  const { talk, at } = await stoppedAt(program, sources[0]!, 25);
  assert.deepEqual(await thereAndBack(talk, at, /:28$/), ['25', '26', '27', '28']);
  const sum = await go(talk, 'next', at);
  const inside = await go(talk, 'harthop/stepBackInto', sum);
  assert.deepEqual([inside.thread, inside.place], [3, 'axpy axpy.S:17']);
  // A function in assembly has no prologue to be left out: on hart 0 its first line asked for the vector hart.
  await talk.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'axpy' }] });
  await talk.go('harthop/goTo', at.thread, { steps: at.steps });
  const entered = await there(talk, (await talk.go('continue', at.thread)).threadId);
  assert.deepEqual([entered.thread, entered.place], [1, 'axpy axpy.S:7']);
  const second = await go(talk, 'next', entered);
  assert.deepEqual([second.thread, second.place], [3, 'axpy axpy.S:8']);
  assert.deepEqual(await go(talk, 'stepBack', second), entered);
  await talk.ask('terminate');
});

test('a step that is asked for before the client looks where the last one ended is for the thread, not for the hart that it left', async () => {
  const path = `${root}examples/pingpong.S`;
  const line =
    1 +
    readFileSync(path, 'utf8')
      .split('\n')
      .findIndex((text) => /vsetivli/.test(text));
  const { talk, at } = await stoppedAt(path, path, line);
  const look = async ({ thread }: At) => {
    const { stackFrames } = await talk.ask('stackTrace', { threadId: thread });
    await talk.ask('scopes', { frameId: stackFrames[0].id });
  };
  await look(at);
  const vector = (await talk.go('next', at.thread)).threadId;
  assert.notEqual(vector, at.thread);
  const after = await there(talk, vector);
  // Again, and back: by the number of the hart that the client still shows.
  const second = (await talk.go('next', at.thread)).threadId;
  assert.notEqual(second, at.thread);
  const back = (await talk.go('stepBack', at.thread)).threadId;
  assert.deepEqual(await there(talk, back), after);
  // Once it has looked, it means what it says: hart 0 is in another program, or in none.
  await look(after);
  const { threadId } = await talk.go('next', at.thread, instruction);
  assert.equal(threadId, at.thread);
  await talk.ask('terminate');
});
