/** What the timeline's page knows, without a page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TimelineBody, TimelineRoute } from '../../src/timeline/messages.js';
import { Filter } from '../../src/timeline/page/filter.js';
import { arrowEnds, hitAt, layoutOf, NAMES, nextArrow, segmentAt } from '../../src/timeline/page/layout.js';
import { parse, readable } from '../../src/timeline/page/colour.js';
import { Viewport } from '../../src/timeline/page/viewport.js';
import { arrowLines, grouped, percent, segmentLines, timeOf } from '../../src/timeline/page/words.js';

const route = (more: Partial<TimelineRoute>): TimelineRoute => ({
  way: 'out',
  task: 7,
  from: 0,
  to: 1,
  reason: 'vector',
  pc: '0x10078',
  place: 'a.S:3',
  ...more,
});

/** Task 7 on hart 0, then on hart 1, and back. */
const body: TimelineBody = {
  soc: 'two',
  clock: 1e9,
  harts: [
    { isa: 'rv64gc', now: 1000 },
    { isa: 'rv64gcv', now: 1000 },
  ],
  actors: [{ kind: 'firmware' }, { kind: 'kernel' }, { kind: 'idle' }, { kind: 'thread', task: 7, name: 'sum' }],
  start: 0,
  end: 1000,
  events: 9,
  window: { from: 0, to: 1000 },
  lanes: [
    [
      [0, 300, 0, 3, 300],
      [300, 800, 300, 1, 400, 2, 100],
      [800, 1000, 900, 3, 200],
    ],
    [
      [0, 400, 0, 2, 400],
      [400, 700, 400, 3, 300],
      [700, 1000, 800, 2, 300],
    ],
  ],
  arrows: [
    [300, 400, 299, 401, 0, 1, 100],
    [700, 800, 699, 901, 1, 1, 100],
  ],
  routes: { 0: route({}), 1: route({ way: 'back', from: 1, to: 0, reason: 'syscall', place: 'a.S:9' }) },
  running: false,
  recorded: true,
};

test('zooming keeps what is under the pointer, and ends where there is nothing more to be seen', () => {
  const view = new Viewport(1000);
  view.limit({ from: 0, to: 1e6 });
  assert.ok(view.fitted && view.from <= 0 && view.to >= 1e6);
  const at = view.cycle(250);
  for (let n = 0; n < 5; n++) view.zoom(0.5, 250);
  assert.ok(Math.abs(view.cycle(250) - at) < 1);
  assert.ok(!view.fitted && view.cycles < 40_000);
  for (let n = 0; n < 60; n++) view.zoom(0.5, 250);
  assert.equal(Math.round(view.cycles), 20);
  for (let n = 0; n < 60; n++) view.zoom(2, 250);
  assert.ok(view.cycles < 1.2e6);
  for (let n = 0; n < 100; n++) view.pan(1000);
  assert.ok(view.from < 1e6, 'the end stays in view');
});

test('seen whole it grows with the run, else it stays where it is', () => {
  const view = new Viewport(1000);
  view.limit({ from: 0, to: 1000 });
  view.limit({ from: 0, to: 5000 });
  assert.ok(view.to >= 5000);
  view.put(100, 200);
  view.limit({ from: 0, to: 9000 });
  assert.deepEqual([view.from, view.to], [100, 200]);
  view.reveal(8000);
  assert.ok(view.from <= 8000 && view.to >= 8000 && view.cycles === 100);
});

test('an axis has round numbers', () => {
  const view = new Viewport(1000);
  view.put(0, 1);
  view.limit({ from: 0, to: 1e6 });
  view.put(123_000, 173_000);
  assert.deepEqual(
    view.ticks(100),
    [125_000, 130_000, 135_000, 140_000, 145_000, 150_000, 155_000, 160_000, 165_000, 170_000],
  );
});

test('under the pointer: a segment, an arrow by either end, a name, nothing', () => {
  const view = new Viewport(1000);
  view.limit({ from: 0, to: 1000 });
  view.put(0, 1000);
  const layout = layoutOf(2, 300);
  const filter = new Filter();
  const at = (x: number, y: number) => hitAt(NAMES + x, y, body, filter, layout, view);
  const inLane = (hart: number) => layout.top(hart) + layout.laneHeight / 2;
  assert.deepEqual(at(100, inLane(0)), { kind: 'segment', hart: 0, segment: body.lanes[0]![0] });
  assert.deepEqual(at(500, inLane(1)), { kind: 'segment', hart: 1, segment: body.lanes[1]![1] });
  const { x1, y1, x2, y2 } = arrowEnds(body.arrows[0]!, body, layout, view);
  assert.deepEqual([x1, x2], [NAMES + 300, NAMES + 400]);
  assert.deepEqual(hitAt(x1 + 10, y1 + (y2 - y1) / 10, body, filter, layout, view), {
    kind: 'arrow',
    arrow: body.arrows[0],
    atEnd: false,
  });
  assert.deepEqual(hitAt(x2, y2, body, filter, layout, view), { kind: 'arrow', arrow: body.arrows[0], atEnd: true });
  assert.equal(at(-20, inLane(0)), undefined);
  assert.equal(at(20, 5), undefined);
  // What is hidden is not hit.
  filter.toggleReason('out vector');
  assert.notEqual(hitAt(x2, y2 - 2, body, filter, layout, view)?.kind, 'arrow');
  assert.equal(segmentAt(body.lanes[0]!, 2000), undefined);
});

test('from crossing to crossing of a hart, those that are hidden left out', () => {
  const filter = new Filter();
  const next = (cycle: number, forward = true) => nextArrow(body, filter, 0, cycle, forward);
  assert.equal(next(0), body.arrows[0]);
  assert.equal(next(300), body.arrows[1]);
  assert.equal(next(800), undefined);
  assert.equal(next(800, false), body.arrows[0]);
  filter.toggleReason('back syscall');
  assert.equal(next(300), undefined);
  assert.deepEqual(filter.hidden, { tasks: [], reasons: ['back syscall'] });
  filter.toggleTask(7);
  assert.equal(next(0), undefined);
});

test('what is shown, in words', () => {
  assert.deepEqual(segmentLines(body.lanes[1]![1]!, 1, body), [
    'hart 1 · rv64gcv · task 7 sum',
    'cycle 400 to 700: 300 cycles (300 ns)',
  ]);
  assert.deepEqual(segmentLines(body.lanes[0]![1]!, 0, body).slice(0, 2), [
    'hart 0 · rv64gc',
    'kernel 80 %, waiting 20 %',
  ]);
  assert.deepEqual(arrowLines(body.arrows[1]!, body), [
    'task 7 comes back from hart 1 to hart 0, for syscall',
    'at a.S:9',
    '100 cycles (100 ns), from cycle 700',
  ]);
  assert.deepEqual(arrowLines([0, 500, 0, 9, 0, 12, 1200], body), [
    'task 7 goes from hart 0 to hart 1, for vector, 12 times',
    '100 cycles on average',
    'from cycle 0 to 500',
  ]);
  assert.deepEqual(
    [grouped(1234567), percent(0.004), percent(0), percent(0.126)],
    ['1\u202f234\u202f567', '< 1 %', '0 %', '13 %'],
  );
  assert.deepEqual([timeOf(2.5e6, 1e9), timeOf(7e9, 1e9), timeOf(12, 1e9)], ['2.5 ms', '7 s', '12 ns']);
});

test('text on a colour is the one that is read better', () => {
  assert.deepEqual(
    [parse('#fff'), parse('#1E90ff80'), parse('rgba(1, 2, 3, 0.5)')],
    [
      [255, 255, 255],
      [30, 144, 255],
      [1, 2, 3],
    ],
  );
  assert.deepEqual(
    [readable([255, 255, 255]), readable([0, 0, 0]), readable([0, 114, 178])],
    ['#000000', '#ffffff', '#ffffff'],
  );
});
