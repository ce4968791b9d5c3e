/** The timeline's requests: what a view shows of a run, and how it gets to a place of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TimelineBody } from '../../debug-adapter/timeline/model.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const program = `${root}test/debug-adapter/programs/trip.S`;
const moving = { append: 'migrate.calls=move migrate.faults=move' };

async function stopped(): Promise<{ talk: Talk; body: TimelineBody }> {
  const talk = await Talk.launch(program, moving);
  await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 19 }] });
  await talk.until('stopped', 'configurationDone');
  return { talk, body: await talk.ask('harthop/timeline', { columns: 1000 }) };
}

const place = (stack: readonly string[]) => stack[0]!.split(' ').at(-1);

test('lanes of all harts, tasks by name, an arrow there and back for each trip', async () => {
  const { talk, body } = await stopped();
  assert.deepEqual(
    body.harts.map(({ isa }) => isa),
    ['rv64gc', 'rv64gc', 'rv64gcv_zvl256b'],
  );
  assert.equal(body.running, false);
  assert.equal(body.recorded, true);
  assert.deepEqual(body.window, { from: body.start, to: body.end });
  const ran = (hart: number) =>
    new Set(body.lanes[hart]!.map(([, , , actor]) => body.actors[actor!]!).map(({ kind, name }) => name ?? kind));
  assert.deepEqual(ran(0), new Set(['trip.S', 'kernel', 'firmware']));
  assert.deepEqual(ran(1), new Set(['idle']));
  assert.deepEqual(ran(2), new Set(['idle', 'firmware', 'trip.S']));
  const arrows = body.arrows.map(([, , , , route]) => body.routes[route!]!);
  assert.deepEqual(
    arrows.map(({ way, from, to, reason, place }) => `${way} ${from}-${to} ${reason} ${place}`),
    [
      'out 0-2 vector trip.S:26',
      'back 2-0 page-fault trip.S:27',
      'out 0-2 vector trip.S:27',
      'back 2-0 syscall trip.S:15',
      'out 0-2 vector trip.S:26',
      'back 2-0 syscall trip.S:15',
    ],
  );
  await talk.ask('terminate');
});

test('to an arrow by its steps, and to any time of a lane; what was recorded stays', async () => {
  const { talk, body } = await stopped();
  const [start, , before, after] = body.arrows[1]!;
  const left = await talk.go('harthop/goTo', 3, { steps: before });
  assert.equal(place(left.stack), 'trip.S:27');
  const back = await talk.go('harthop/goTo', 1, { steps: after });
  assert.equal(place(back.stack), 'trip.S:27');
  // On the vector hart an instruction before it left; on a hart that waits at that time, too.
  const there = await talk.go('harthop/goTo', 3, { cycle: start! - 1 });
  assert.equal(place(there.stack), 'trip.S:26');
  await talk.go('harthop/goTo', 2, { cycle: start });
  assert.ok(talk.live.debuggee.target.history!.now <= before! + 5000);

  const again: TimelineBody = await talk.ask('harthop/timeline', { columns: 1000 });
  assert.deepEqual(again.lanes, body.lanes);
  assert.ok(again.harts[0]!.now < body.harts[0]!.now, 'the cursor has gone back');
  await talk.ask('terminate');
});

test('what lay ahead is dropped when the run becomes another one', async () => {
  const { talk, body } = await stopped();
  const { threadId } = await talk.go('harthop/goTo', 3, { steps: body.arrows[3]![2] });
  const { stackFrames } = await talk.ask('stackTrace', { threadId });
  await talk.ask('setExpression', { expression: '$s5', value: '77', frameId: stackFrames[0].id });
  const now: TimelineBody = await talk.ask('harthop/timeline', { columns: 1000 });
  assert.deepEqual(now.arrows, body.arrows.slice(0, 3));
  assert.ok(now.end < body.end);
  const end = await talk.go('continue', threadId);
  assert.equal(place(end.stack), 'trip.S:19');
  const then: TimelineBody = await talk.ask('harthop/timeline', { columns: 1000 });
  assert.equal(then.arrows.length, body.arrows.length);
  await talk.ask('terminate');
});

test('a selection has its sums', async () => {
  const { talk, body } = await stopped();
  const [, left] = body.arrows[0]!;
  const selection = { from: body.start, to: left! + 1 };
  const answer: TimelineBody = await talk.ask('harthop/timeline', { columns: 10, selection });
  const sums = answer.selection!;
  const cycles = (hart: number, kind: string) => {
    const list = sums.harts[hart]!;
    const at = list.findIndex((actor, n) => n % 2 === 0 && answer.actors[actor]!.kind === kind);
    return at < 0 ? 0 : list[at + 1]!;
  };
  for (const hart of [0, 1, 2]) {
    const all = ['idle', 'firmware', 'kernel', 'thread'].reduce((sum, kind) => sum + cycles(hart, kind), 0);
    assert.equal(all, selection.to - selection.from, `hart ${hart}`);
  }
  assert.deepEqual(
    sums.crossings.map(([route, count, took, longest]) => [answer.routes[route!]!.way, count, took, longest]),
    [['out', 1, body.arrows[0]![6], body.arrows[0]![6]]],
  );
  await talk.ask('terminate');
});

test('the trace is that of the command line, in pieces; also while the program runs, and without debugging', async () => {
  const talk = await Talk.launch(program, { ...moving, noDebug: true });
  await talk.ask('configurationDone');
  let text = '';
  for (let cursor: number | undefined; ; ) {
    const piece = await talk.ask('harthop/trace', { cursor });
    text += piece.text;
    cursor = piece.cursor;
    if (cursor === undefined) break;
  }
  const { traceEvents } = JSON.parse(text);
  assert.ok(traceEvents.some(({ ph, name }: { ph: string; name: string }) => ph === 'M' && name === 'thread_name'));
  await talk.ask('disconnect');
});

test('with stopOnExit the run is there when the program has ended: to be looked at and gone back in', async () => {
  const talk = await Talk.launch(program, { ...moving, stopOnExit: true });
  const end = await talk.until('stopped', 'configurationDone');
  assert.deepEqual([end.reason, end.description], ['exit', 'The program has ended: exit status 16']);
  const body: TimelineBody = await talk.ask('harthop/timeline', { columns: 1000 });
  assert.equal(body.arrows.length, 6);
  const back = await talk.go('harthop/goTo', 3, { steps: body.arrows[5]![2] });
  assert.equal(place(back.stack), 'trip.S:15');
  // Having gone back, it comes to the end again; from there on it is over.
  const again = await talk.go('continue', back.threadId);
  assert.equal(again.reason, 'exit');
  assert.deepEqual((await talk.ask('harthop/timeline', { columns: 1000 })).lanes, body.lanes);
  const exited = await talk.until('exited', 'continue', { threadId: back.threadId });
  assert.equal(exited.exitCode, 16);
  // What there is to be seen can be seen as long as the session lives.
  assert.equal((await talk.ask('harthop/timeline', { columns: 1000 })).arrows.length, 6);
  assert.equal((await talk.ask('harthop/places')).places.length, 4);
});

test('who asked for it is told where threads left and came back, when the program has ended', async () => {
  const talk = await Talk.launch(program, moving);
  await talk.ask('harthop/places', { atEnd: true });
  const { places } = await talk.until('harthop/places', 'configurationDone');
  assert.equal(places.length, 4);
  assert.equal((await talk.event('exited')).exitCode, 16);
});
