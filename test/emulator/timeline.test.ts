/** Who ran where when: sums that agree with a count by hand, whatever was forgotten or has not happened; and real runs, gone back in. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import { boot } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import { History } from '../../emulator/history/history.js';
import { initrd } from '../../emulator/initrd.js';
import { Machine } from '../../emulator/machine.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { IDLE } from '../../emulator/timeline/actors.js';
import { Timeline } from '../../emulator/timeline/timeline.js';
import { CHUNK, type Stretch, Sums, Track } from '../../emulator/timeline/track.js';
import { placeAt, sumsOf, windowOf } from '../../emulator/timeline/window.js';

/** Numbers that look random and are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A lane without gaps. */
function lane(count: number, seed = 1): { track: Track; all: Stretch[] } {
  const [track, all, random] = [new Track(), [] as Stretch[], numbers(seed)];
  for (let n = 0, [start, steps] = [0, 0]; n < count; n++) {
    const stretch = { start, end: start + 1 + random(100), steps, after: steps + 1 + random(50), kind: random(4) };
    track.push(stretch.start, stretch.end, stretch.steps, stretch.after, stretch.kind);
    all.push(stretch);
    [start, steps] = [stretch.end, stretch.after];
  }
  return { track, all };
}

function byHand(all: readonly Stretch[], from: number, to: number): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { start, end, kind } of all) {
    const cycles = Math.min(end, to) - Math.max(start, from);
    if (cycles > 0) sums.set(kind, (sums.get(kind) ?? 0) + cycles);
  }
  return sums;
}

function summed(track: Track, from: number, to: number): Map<number, number> {
  const sums = new Sums();
  track.sumUp(from, to, sums);
  return new Map(sums.kinds.map((kind, n) => [kind, sums.cycles[n]!]));
}

describe('a track', () => {
  test('sums of any window are those counted by hand', () => {
    const { track, all } = lane(5 * CHUNK + 37);
    const random = numbers(2);
    const end = all.at(-1)!.end;
    for (let n = 0; n < 300; n++) {
      const from = random(end);
      const to = from + 1 + random(end - from);
      assert.deepEqual(new Map([...summed(track, from, to)].sort()), new Map([...byHand(all, from, to)].sort()));
    }
  });

  test('what lies after a place of the run is gone, and what straddles it is told', () => {
    for (const at of [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK - 1]) {
      const { track, all } = lane(3 * CHUNK);
      const { steps, after } = all[at]!;
      const told: Stretch[] = [];
      const place = after - 1;
      track.cut(place, (stretch) => told.push(stretch));
      assert.deepEqual([...track], all.slice(0, at));
      assert.deepEqual(told, steps <= place ? [all[at]] : []);
      assert.equal(track.length, at);
      assert.equal(track.detailed, at);
      assert.deepEqual(summed(track, 0, 1e9), byHand(all.slice(0, at), 0, 1e9));
    }
  });

  test('old detail can be forgotten: whole sums stay, younger windows stay exact', () => {
    const { track, all } = lane(9 * CHUNK);
    for (let n = 0; n < 5; n++) track.forget();
    assert.equal(track.length, 9 * CHUNK);
    assert.equal(track.detailed, 4 * CHUNK);
    const end = all.at(-1)!.end;
    const sorted = (sums: Map<number, number>) => [...sums].sort();
    assert.deepEqual(sorted(summed(track, 0, end)), sorted(byHand(all, 0, end)));
    const young = all[5 * CHUNK + 10]!.start;
    assert.deepEqual(sorted(summed(track, young, end)), sorted(byHand(all, young, end)));
    // Within a chunk that was forgotten its kinds are spread evenly, and nothing is lost.
    const [a, b] = [all[CHUNK + 5]!.start, all[CHUNK + 300]!.start];
    const some = [...summed(track, a, b).values()].reduce((sum, each) => sum + each, 0);
    assert.ok(Math.abs(some - (b - a)) < 1e-6 * (b - a));
    // Going back into it, something is known of each side.
    track.cut(all[2 * CHUNK + 100]!.steps);
    assert.ok(track.length > 2 * CHUNK && track.length < 3 * CHUNK);
    const left = [...summed(track, 0, end).values()].reduce((sum, each) => sum + each, 0);
    assert.ok(Math.abs(left - all[2 * CHUNK + 100]!.start) < 100 * CHUNK * 0.1);
  });
});

const image = (name: string) => readElf(readFileSync(`images/${name}.elf`), name);

async function started(name: string, soc = 'app2-vec1') {
  const { elf } = assemble([{ name, text: readFileSync(`examples/${name}`, 'utf8') }]);
  const machine = await Machine.create({ ...socNamed(soc), memoryBytes: 2 ** 24 });
  boot(machine, {
    firmware: image('firmware'),
    kernel: image('kernel'),
    initrd: initrd(elf!, ['program'], []),
    bootargs: 'migrate.calls=move migrate.faults=move',
  });
  const history = new History(machine, { spacing: 100_000 });
  const timeline = new Timeline(machine, { again: () => machine.steps < history.end });
  history.watcher = {
    leaving: () => timeline.mark(),
    forgotten: (steps) => timeline.cut(steps),
  };
  return { machine, history, timeline };
}

/** All that a timeline knows, to be compared. */
function contents(timeline: Timeline) {
  timeline.mark();
  const { lanes, crossings, actors } = timeline;
  const named = (track: Track, nameOf: (kind: number) => unknown) =>
    [...track].map(({ kind, ...rest }) => ({ ...rest, kind: nameOf(kind) }));
  return {
    lanes: lanes.map((track, hart) => [...named(track, (kind) => actors.list[kind]), ...timeline.unfinished(hart)]),
    crossings: named(crossings.track, (kind) => crossings.routes[kind]),
    trips: named(crossings.trips, (kind) => crossings.routes[kind]),
    steps: named(crossings.steps, (kind) => crossings.marks[kind]),
  };
}

describe('the timeline of a run', () => {
  test('lanes have no gaps, crossings are those that the machine counts', async () => {
    const { machine, timeline } = await started('threads.S');
    while (machine.run(1_000_000).reason === 'budget');
    const { lanes } = contents(timeline);
    lanes.forEach((stretches, hart) => {
      let end = 0;
      for (const stretch of stretches) {
        assert.equal(stretch.start, end, `hart ${hart}`);
        end = stretch.end;
      }
      assert.ok(end >= machine.harts[hart]!.time);
    });
    const { track, routes } = timeline.crossings;
    const found = [...track].map(({ end, kind }) => ({ way: routes[kind]!.way, task: routes[kind]!.task, end }));
    const counted = machine.migrations.list;
    assert.equal(found.filter(({ way }) => way === 'out').length, counted.filter(({ way }) => way === 'out').length);
    assert.ok(found.some(({ way }) => way === 'back'));
    // All that arrives on the vector hart runs there, under its task's name.
    const away = new Set(counted.map(({ task }) => task));
    const ran = new Set([...timeline.lanes[2]!].map(({ kind }) => timeline.actors.list[kind]!.task));
    for (const task of away) assert.ok(ran.has(task), `task ${task}`);
  });

  test('going back and forward again changes nothing, and after an edit it is what a run with that edit gives', async () => {
    const { machine, history, timeline } = await started('faults.S');
    while (history.run(50_000).reason === 'budget');
    const whole = contents(timeline);
    const middle = Math.floor(history.end * 0.93);
    await history.goTo(middle);
    assert.deepEqual(contents(timeline), whole);
    while (history.run(7_777).reason === 'budget');
    assert.deepEqual(contents(timeline), whole);

    // Nothing is really changed, so the new future is the old one; meanwhile it is not known.
    await history.goTo(middle);
    history.input({ kind: 'x', hart: 0, n: 0, value: 0n });
    const cut = contents(timeline);
    assert.ok(cut.steps.length < whole.steps.length);
    for (const { steps } of cut.steps) assert.ok(steps < middle);
    cut.lanes.forEach((stretches, hart) => {
      const last = stretches.filter(({ kind }) => kind !== IDLE).at(-1)!;
      assert.ok(last.end <= machine.harts[hart]!.time);
    });
    while (history.run(50_000).reason === 'budget');
    assert.deepEqual(contents(timeline), whole);
  });

  test('after a cut at any place the same run gives the same timeline', async () => {
    const { history, timeline } = await started('pingpong.S');
    while (history.run(1_000_000).reason === 'budget');
    const whole = contents(timeline);
    const random = numbers(3);
    for (let n = 0; n < 12; n++) {
      await history.goTo(Math.floor(history.end * 0.8) + random(history.end * 0.2));
      history.input({ kind: 'x', hart: 0, n: 0, value: 0n });
      while (history.run(1_000_000).reason === 'budget');
      assert.deepEqual(contents(timeline), whole);
    }
  });

  test('a window says in columns what it says in full, and a click finds the place', async () => {
    const { machine, history, timeline } = await started('faults.S');
    while (history.run(1_000_000).reason === 'budget');
    timeline.mark();
    const { start, now: end } = timeline;
    const fine = windowOf(timeline, start, end, 4000);
    const coarse = windowOf(timeline, start, end, 40);
    fine.lanes.forEach((segments, hart) => {
      const sum = (list: readonly (readonly number[])[]) => {
        const sums = new Map<number, number>();
        for (const [from, to, , ...parts] of list)
          for (let n = 0; n < parts.length; n += 2) {
            const cycles = parts.length === 2 ? Math.min(to!, end) - Math.max(from!, start) : parts[n + 1]!;
            sums.set(parts[n]!, (sums.get(parts[n]!) ?? 0) + cycles);
          }
        return sums;
      };
      const [a, b] = [sum(segments), sum(coarse.lanes[hart]!)];
      for (const [actor, cycles] of a) assert.ok(Math.abs(cycles - b.get(actor)!) <= 80, `hart ${hart} actor ${actor}`);
    });
    const count = (arrows: readonly (readonly number[])[]) => arrows.reduce((sum, arrow) => sum + arrow[5]!, 0);
    assert.ok(coarse.arrows.length < fine.arrows.length);
    assert.equal(count(coarse.arrows), count(fine.arrows));
    const sums = sumsOf(timeline, start, end + 1);
    assert.equal(
      sums.crossings.reduce((sum, [, n]) => sum + n!, 0),
      count(fine.arrows),
    );

    // Each arrow's ends: before it the thread stands in user mode on the one hart, after it on the other, at the same instruction.
    for (const [, , before, after, route] of fine.arrows.slice(0, 6)) {
      const { from, to, pc } = timeline.crossings.routes[route!]!;
      await history.goTo(before!);
      assert.deepEqual([machine.harts[from]!.privilege, machine.harts[from]!.pc], [0, pc]);
      await history.goTo(after!);
      assert.equal(machine.harts[to]!.privilege, 0);
      assert.ok([pc, pc + 4n].includes(machine.harts[to]!.pc));
    }
    const middle = Math.floor((start + end) / 2);
    for (const hart of [0, 1, 2]) {
      const place = placeAt(timeline, hart, middle)!;
      await history.goTo(place.steps);
      assert.ok(machine.harts[place.hart]!.time <= middle);
    }
  });
});
