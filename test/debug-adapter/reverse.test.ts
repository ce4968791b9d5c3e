/** Going back in a debug session: by line, by instruction, to the last breakpoint and the last migration; over harts, traps and changes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const program = `${root}test/debug-adapter/programs/trip.S`;

/** Launched with breakpoints at lines, and stopped at the first. */
async function stoppedAt(...lines: number[]): Promise<{ talk: Talk; thread: number }> {
  const talk = await Talk.launch(program);
  await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: lines.map((line) => ({ line })) });
  const stop = await talk.until('stopped', 'configurationDone');
  return { talk, thread: stop.threadId };
}

const place = (stack: readonly string[]) => stack[0]!.split(' ').at(-1);
const value = async (talk: Talk, thread: number, expression: string): Promise<string> => {
  const { stackFrames } = await talk.ask('stackTrace', { threadId: thread });
  return (await talk.ask('evaluate', { expression, frameId: stackFrames[0].id, context: 'watch' })).result;
};

test('line by line there and back, into the call and over a migration each way', async () => {
  const { talk, thread } = await stoppedAt(13);
  // Forward into the function, to the vector hart, and home for the system call.
  const way: [thread: number, line: string, a0: string, t1: string][] = [];
  let at = thread;
  const here = async () =>
    [at, place(await talk.stack(at))!, await value(talk, at, '$a7'), await value(talk, at, '$t1')] as const;
  for (const command of ['stepIn', 'next', 'next', 'next', 'next', 'next', 'next', 'next', 'next', 'next']) {
    way.push([...(await here())]);
    ({ threadId: at } = await talk.go(command, at));
  }
  const last = await here();
  assert.equal(new Set(way.map(([on]) => on)).size, 2, 'it was on two harts');
  for (const was of way.reverse()) {
    const back = await talk.go('harthop/stepBackInto', at);
    at = back.threadId;
    assert.equal(back.reason, 'step');
    assert.deepEqual([...(await here())], was);
  }
  // And the same way forward again.
  for (const command of ['stepIn', 'next', 'next', 'next', 'next', 'next', 'next', 'next', 'next', 'next'])
    ({ threadId: at } = await talk.go(command, at));
  assert.deepEqual(await here(), last);
  await talk.ask('terminate');
});

test('instruction by instruction, the thread goes back over the trap that took it to another hart', async () => {
  const { talk, thread } = await stoppedAt(28);
  let at = thread;
  const pcs: string[] = [];
  for (let n = 0; n < 4; n++) {
    pcs.push(`${at} ${await value(talk, at, '$pc')}`);
    ({ threadId: at } = await talk.go('stepBack', at, { granularity: 'instruction' }));
  }
  assert.match(place(await talk.stack(at))!, /:25$/);
  assert.equal(new Set(pcs.map((pc) => pc[0])).size, 2, 'it was on two harts');
  for (const pc of pcs.reverse()) {
    ({ threadId: at } = await talk.go('next', at, { granularity: 'instruction' }));
    assert.equal(`${at} ${await value(talk, at, '$pc')}`, pc);
  }
  await talk.ask('terminate');
});

test('reverse to breakpoints and migrations, then to the start of the run', async () => {
  const { talk, thread } = await stoppedAt(16, 19);
  assert.equal(await value(talk, thread, '$s0'), '2');
  await talk.go('continue', thread);
  const end = await talk.go('continue', thread);
  assert.match(place(end.stack)!, /:19$/);

  const first = await talk.go('reverseContinue', end.threadId);
  assert.equal(first.reason, 'breakpoint');
  assert.match(place(first.stack)!, /:16$/);
  assert.equal(await value(talk, first.threadId, '$s0'), '1');

  await talk.ask('setExceptionBreakpoints', { filters: ['arrive'] });
  const arrival = await talk.go('reverseContinue', first.threadId);
  assert.equal(arrival.reason, 'exception');
  const { breakMode, exceptionId } = await talk.ask('exceptionInfo', { threadId: arrival.threadId });
  assert.deepEqual([breakMode, exceptionId], ['always', 'arrive']);

  await talk.ask('setExceptionBreakpoints', { filters: [] });
  const again = await talk.go('reverseContinue', arrival.threadId);
  assert.match(place(again.stack)!, /:16$/);
  assert.equal(await value(talk, again.threadId, '$s0'), '2');
  const start = await talk.go('reverseContinue', again.threadId);
  assert.equal(start.reason, 'entry');

  const forward = await talk.go('continue', start.threadId);
  assert.match(place(forward.stack)!, /:16$/);
  await talk.ask('terminate');
});

test('a breakpoint is met going back, also where a moment of the history is kept at it', async () => {
  const { talk, thread } = await stoppedAt(16, 19);
  const { steps } = talk.live.machine;
  (talk.live.debuggee.target.history as unknown as { keep(): void }).keep();
  const second = await talk.go('continue', thread);
  for (const command of ['reverseContinue', 'stepBack']) {
    await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 16 }] });
    await talk.go('harthop/goTo', second.threadId, { steps: steps + 1 });
    assert.match(place((await talk.go(command, thread)).stack)!, /:16$/);
    assert.equal(talk.live.machine.steps, steps);
  }
  await talk.ask('terminate');
});

test('a breakpoint at an instruction that takes its thread elsewhere is met once, also from where it was gone back to', async () => {
  const { talk, thread } = await stoppedAt(26, 28);
  const { steps } = talk.live.machine;
  for (const command of ['reverseContinue', 'stepBack']) {
    const there = await talk.go('continue', thread);
    assert.deepEqual([place(there.stack), there.threadId], ['trip.S:28', 3]);
    if (command === 'stepBack') await talk.go(command, 3);
    assert.equal((await talk.go(command, 3)).threadId, thread);
    assert.equal(talk.live.machine.steps, steps);
  }
  assert.match(place((await talk.go('continue', thread)).stack)!, /:28$/);
  await talk.ask('terminate');
});

test('a register that was set stays set when the way leads over it again, and is not before', async () => {
  const { talk, thread } = await stoppedAt(19);
  const frame = async () => (await talk.ask('stackTrace', { threadId: thread })).stackFrames[0].id;
  await talk.ask('setExpression', { expression: '$s5', value: '77', frameId: await frame() });
  await talk.go('stepBack', thread);
  assert.equal(await value(talk, thread, '$s5'), '0');
  await talk.go('next', thread);
  assert.equal(await value(talk, thread, '$s5'), '77');
  const done = await talk.until('exited', 'continue', { threadId: thread });
  assert.equal(done.exitCode, 16);
});

test('what the program writes is told once, however often it is written', async () => {
  const path = `${root}examples/daxpy.S`;
  const exit = readFileSync(path, 'utf8')
    .split('\n')
    .findLastIndex((line) => /li\s+a7, SYS_exit/.test(line));
  const talk = await Talk.launch(path);
  await talk.ask('setBreakpoints', { source: { path }, breakpoints: [{ line: exit + 1 }] });
  const first = await talk.until('stopped', 'configurationDone');
  const told = talk.stdout;
  assert.match(told, /daxpy/);
  const start = await talk.go('reverseContinue', first.threadId);
  assert.equal(start.reason, 'entry');
  const again = await talk.go('continue', start.threadId);
  assert.equal(again.reason, 'breakpoint');
  assert.equal(talk.stdout, told);
  await talk.ask('terminate');
});

test('to any place of the run by its number, which says what was there', async () => {
  const { talk, thread } = await stoppedAt(16);
  const places: { steps: number; pc: string; s0: string }[] = [];
  const { debuggee } = talk.live;
  for (let n = 0; n < 3; n++) {
    const { now } = debuggee.target.history!;
    places.push({ steps: now, pc: await value(talk, thread, '$pc'), s0: await value(talk, thread, '$s0') });
    if (n < 2) await talk.go('stepBack', thread);
  }
  for (const { steps, pc, s0 } of [...places].reverse()) {
    const stop = await talk.go('harthop/goTo', thread, { steps });
    assert.deepEqual([stop.reason, stop.threadId], ['goto', thread]);
    assert.equal(debuggee.target.history!.now, steps);
    assert.deepEqual([await value(talk, thread, '$pc'), await value(talk, thread, '$s0')], [pc, s0]);
  }
  const beyond = await talk.request('harthop/goTo', { steps: 10 ** 12 });
  assert.match(beyond.message!, /^the run has been recorded from step 0 to step \d+; 1000000000000 lies outside$/);
  assert.match((await talk.request('harthop/goTo', { steps: -1 })).message!, /^steps must be an integer from 0/);
  await talk.ask('terminate');
});

test('an event is heard at its place in the run: gone there, its hart stands before what it did', async () => {
  const talk = await Talk.launch(program);
  const { target } = talk.live.debuggee;
  const heard: { steps: number; hart: number; pc: bigint }[] = [];
  target.events.on((event) => {
    if (event.kind === 'trap') heard.push({ steps: target.history!.now, hart: event.hart, pc: event.pc });
  });
  await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 16 }] });
  const { threadId } = await talk.until('stopped', 'configurationDone');
  const all = [...heard];
  assert.ok(all.length > 10);
  for (const { steps, hart, pc } of all.slice(-10)) {
    await talk.go('harthop/goTo', threadId, { steps });
    assert.equal(target.harts[hart]!.pc, pc);
  }
  await talk.ask('terminate');
});

test('back out of a function to its call, out of a trap to the instruction that trapped', async () => {
  const { talk, thread } = await stoppedAt(28);
  const called = await talk.go('harthop/stepBackOut', thread);
  assert.equal(called.reason, 'step');
  assert.match(place(called.stack)!, /:13$/);
  // Into the trap of the vector instruction: firmware, the kernel.
  await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 26 }] });
  const vector = await talk.go('continue', called.threadId);
  const inside = await talk.go('stepIn', vector.threadId, { granularity: 'instruction' });
  assert.notEqual(inside.stack.length, vector.stack.length);
  const { pc } = talk.live.machine.harts[vector.threadId - 1]!;
  assert.ok(pc > 0x8000_0000n);
  const out = await talk.go('harthop/stepBackOut', vector.threadId);
  assert.match(place(out.stack)!, /:26$/);
  assert.equal(out.threadId, vector.threadId);
  const none = await talk.request('harthop/stepBackOut', { threadId: 99 });
  assert.match(none.message!, /^threadId must be from 1 to 3/);
  await talk.ask('terminate');
});

test('a frame is restarted by going back to where its function was entered', async () => {
  const { talk, thread } = await stoppedAt(28);
  const entered = await value(talk, thread, '$t1');
  const { stackFrames } = await talk.ask('stackTrace', { threadId: thread });
  assert.equal(stackFrames[0].name, 'double_all');
  const stop = await talk.until('stopped', 'restartFrame', { frameId: stackFrames[0].id });
  assert.equal(stop.reason, 'restart');
  assert.match(place(await talk.stack(stop.threadId))!, /:25$/);
  assert.notEqual(await value(talk, stop.threadId, '$t1'), entered);
  const again = await talk.go('continue', stop.threadId);
  assert.match(place(again.stack)!, /:28$/);
  assert.equal(await value(talk, again.threadId, '$t1'), entered);
  const gone = await talk.request('restartFrame', { frameId: 123456 });
  assert.match(gone.message!, /^frame 123456 is not known/);
  await talk.ask('terminate');
});

test("back to a task's previous migrations, one by one", async () => {
  const { talk, thread } = await stoppedAt(19);
  const { tid } = talk.live.debuggee.target.migrations.tasks[0]!;
  const steps: number[] = [];
  for (let n = 0; n < 2; n++) {
    const stop = await talk.until('stopped', 'harthop/previousMigration', { tid });
    assert.equal(stop.reason, 'exception');
    assert.match(stop.description, new RegExp(`task ${tid}`, 'i'));
    steps.push(talk.live.machine.steps);
  }
  assert.ok(steps[1]! < steps[0]!);
  const forward = await talk.until('stopped', 'harthop/nextMigration', { tid });
  assert.equal(forward.reason, 'exception');
  assert.equal(talk.live.machine.steps, steps[0]);
  void thread;
  await talk.ask('terminate');
});

test('a change and a breakpoint right behind it are one stop on the way back, also where the run was stopped and is kept', async () => {
  const lanes = `${root}test/extension/programs/lanes.S`;
  const talk = await Talk.launch(lanes);
  await talk.ask('setBreakpoints', { source: { path: lanes }, breakpoints: [{ line: 22 }] });
  const { threadId } = await talk.go('configurationDone', 1);
  const { stackFrames } = await talk.ask('stackTrace', { threadId });
  const { dataId } = await talk.ask('dataBreakpointInfo', { name: '$v8.e32[3]', frameId: stackFrames[0].id });
  await talk.ask('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
  const steps = talk.live.machine.steps;
  assert.equal((await talk.go('continue', threadId)).reason, 'data breakpoint');
  const back = await talk.go('reverseContinue', threadId);
  assert.deepEqual([back.reason, place(back.stack), talk.live.machine.steps], ['data breakpoint', 'lanes.S:22', steps]);
  await talk.ask('terminate');
});

test('back to the last changes of a watched place', async () => {
  const { talk, thread } = await stoppedAt(28);
  const { stackFrames } = await talk.ask('stackTrace', { threadId: thread });
  const frameId = stackFrames[0].id;
  const { dataId } = await talk.ask('dataBreakpointInfo', { name: '((long *)&numbers)[3]', frameId });
  assert.ok(dataId);
  await talk.ask('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
  await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 19 }] });
  const forward: [string, number][] = [];
  let at = thread;
  for (let n = 0; n < 3; n++) {
    const stop = await talk.go('continue', at);
    at = stop.threadId;
    forward.push([stop.reason, talk.live.machine.steps]);
  }
  assert.deepEqual(
    forward.map(([reason]) => reason),
    ['data breakpoint', 'data breakpoint', 'breakpoint'],
  );
  for (const expected of forward.slice(0, 2).reverse()) {
    const stop = await talk.go('reverseContinue', at);
    at = stop.threadId;
    assert.deepEqual([stop.reason, talk.live.machine.steps], expected);
  }
  assert.equal((await talk.go('reverseContinue', at)).reason, 'entry');
  await talk.ask('terminate');
});

test('a change and the breakpoint behind it are one stop going back, also where a moment of the history is kept', async () => {
  const program = `${root}test/debug-adapter/programs/watch.S`;
  const talk = await Talk.launch(program, { stopOnEntry: true });
  await talk.until('stopped', 'configurationDone');
  const { dataId } = await talk.ask('dataBreakpointInfo', { name: 'count' });
  await talk.ask('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
  // Behind the first store, which changes it; the second one does not.
  await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 10 }] });
  const first = await talk.go('continue', 1);
  assert.equal(first.reason, 'data breakpoint');
  const { steps } = talk.live.machine;
  const history = talk.live.debuggee.target.history as unknown as { keep(): void };
  history.keep();
  await talk.go('continue', 1);
  await talk.go('continue', 1);
  await talk.go('reverseContinue', 1);
  talk.events.length = 0;
  const back = await talk.go('reverseContinue', 1);
  assert.equal(talk.live.machine.steps, steps);
  assert.equal(back.reason, 'data breakpoint');
  assert.equal(talk.events.find(({ event }) => event === 'stopped')!.body.hitBreakpointIds.length, 2);
  await talk.ask('terminate');
});
