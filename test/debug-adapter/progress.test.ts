/** What takes a while is told, and can be given up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress } from '../../debug-adapter/progress.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

function progress(patience: number, stop?: () => void) {
  const told: string[] = [];
  let now = 0;
  const teller = {
    event: (event: string, body: object) => told.push(`${event} ${JSON.stringify(body)}`),
    now: () => now,
  };
  const made = new Progress('p', 'Reading', teller, stop, patience, () => told.push('over'));
  const pass = (milliseconds: number) => {
    now += milliseconds;
    made.tick();
  };
  return { made, told, pass };
}

test('what is over soon is not told', () => {
  const { made, told, pass } = progress(500);
  pass(400);
  made.at('half', 50);
  made.end();
  pass(400);
  made.at('more', 70);
  assert.deepEqual(told, ['over']);
});

test('percentages are told as they come, but not more than ten in a second', () => {
  const { made, told, pass } = progress(0, () => {});
  made.at('a', 0);
  for (let n = 1; n <= 100; n++) {
    pass(10);
    made.at('a', n);
  }
  made.at('b', 100);
  made.at('b', 100);
  made.end();
  assert.equal(told[0], 'progressStart {"progressId":"p","title":"Reading","cancellable":true}');
  assert.equal(told[1], 'progressUpdate {"progressId":"p","message":"a","percentage":0}');
  assert.equal(told.filter((each) => /"message":"a"/.test(each)).length, 11);
  assert.deepEqual(told.slice(-3), [
    'progressUpdate {"progressId":"p","message":"b","percentage":100}',
    'over',
    'progressEnd {"progressId":"p"}',
  ]);
});

test('only what can be stopped is stopped, and only while it lasts', () => {
  let stopped = 0;
  const { made } = progress(0, () => stopped++);
  assert.equal(progress(0).made.cancel(), false);
  assert.equal(made.cancel(), true);
  made.end();
  assert.equal(made.cancel(), false);
  assert.equal(stopped, 1);
});

const program = (name: string) => `${root}test/debug-adapter/programs/${name}`;

test('a request that waits for its turn is cancelled, and the others are served', async () => {
  const talk = await Talk.launch(program('trip.S'), { stopOnEntry: true });
  await talk.until('stopped', 'configurationDone');
  const waiting = [talk.request('threads'), talk.request('loadedSources'), talk.request('modules')];
  const cancelled = talk.request('cancel', { requestId: talk.last - 1 });
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ success, message }) => message ?? success),
    [true, 'cancelled', true],
  );
  assert.ok((await cancelled).success);
  // Answered already, never asked, and nothing at all: nobody is harmed.
  for (const requestId of [1, 1e9, undefined]) await talk.ask('cancel', { requestId });
  assert.match((await talk.request('cancel', { requestId: 'x' })).message ?? '', /^requestId must be an integer/);
});

test('what waits when the client says goodbye is told that it is over', async () => {
  const talk = await Talk.launch(program('trip.S'), { stopOnEntry: true });
  await talk.until('stopped', 'configurationDone');
  const waiting = Array.from({ length: 30 }, () => talk.request('threads'));
  const last = talk.request('disconnect');
  const answers = (await Promise.all(waiting)).map(({ success, message }) => message ?? success);
  assert.equal(answers.at(-1), 'cancelled');
  const known: unknown[] = [true, 'the program has ended', 'cancelled'];
  assert.deepEqual(
    answers.filter((answer) => !known.includes(answer)),
    [],
  );
  assert.ok((await last).success);
});

test('a launch is cancelled, and another one is served', async () => {
  const talk = await Talk.start({ supportsProgressReporting: true });
  const launch = talk.request('launch', { program: program('trip.S') });
  await talk.event('progressStart');
  const [{ body }] = talk.events.filter(({ event }) => event === 'progressStart');
  assert.equal(body.title, 'Assembling trip.S');
  await talk.ask('cancel', { progressId: body.progressId });
  const { success, message } = await launch;
  assert.deepEqual({ success, message }, { success: false, message: 'cancelled' });
  await talk.ask('launch', { program: program('trip.S'), stopOnEntry: true });
  await talk.until('stopped', 'configurationDone');
  await talk.ask('disconnect');
});

test('the boot is stopped where it is', async () => {
  const talk = await Talk.launch(program('forever.S'), { soc: 'app64-vec16' }, { supportsProgressReporting: true });
  await talk.ask('configurationDone');
  const { progressId } = await talk.event('progressStart', ({ title }) => title === 'Booting');
  const update = await talk.event('progressUpdate');
  assert.equal(update.progressId, progressId);
  assert.equal(typeof update.percentage, 'number');
  await talk.ask('cancel', { progressId });
  assert.equal((await talk.event('stopped')).reason, 'pause');
  await talk.event('progressEnd');
  assert.match((await talk.stack(1))[0], /\[[SM]\]/);
  await talk.ask('disconnect');
});

test('a step that takes long is told, and stopped', async () => {
  const talk = await Talk.launch(program('forever.S'), { stopOnEntry: true }, { supportsProgressReporting: true });
  await talk.until('stopped', 'configurationDone');
  await talk.go('next', 1);
  talk.events.length = 0;
  await talk.ask('next', { threadId: 1 });
  const { progressId, title } = await talk.event('progressStart');
  assert.equal(title, 'Stepping over');
  await talk.ask('cancel', { progressId });
  assert.equal((await talk.event('stopped')).reason, 'pause');
  await talk.event('progressEnd');
  await talk.ask('disconnect');
});
