/** Going back: the machine is what it was, to the byte, and what comes after comes again. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import { boot } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import type { EngineChoice } from '../../emulator/engine/choice.js';
import type { MachineEvent } from '../../emulator/events.js';
import { engineNotes } from '../../emulator/history/fingerprint.js';
import { History, type HistoryOptions } from '../../emulator/history/history.js';
import type { Input } from '../../emulator/history/inputs.js';
import { initrd } from '../../emulator/initrd.js';
import { fRegister, xRegister } from '../../emulator/layout.js';
import { Machine } from '../../emulator/machine.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { seeded } from '../../emulator/soc/soc.js';
import { csrNamed } from '../../isa/csrs.js';
import { compiled } from '../kernel/programs.js';
import { needs } from '../tools.js';
import { load, TOOLS } from './bare-metal.js';

const image = (name: string) => readElf(readFileSync(`images/${name}.elf`), name);

function example(name: string): Uint8Array {
  const { elf, diagnostics } = assemble([{ name, text: readFileSync(`examples/${name}`, 'utf8') }]);
  assert.ok(elf, JSON.stringify(diagnostics));
  return elf;
}

async function booted(program: Uint8Array, soc = socNamed('app2-vec2'), engine?: EngineChoice): Promise<Machine> {
  // Little memory: all of it is compared again and again.
  const machine = await Machine.create({ ...soc, memoryBytes: 2 ** 24 }, { ...(engine && { engine }) });
  boot(machine, {
    firmware: image('firmware'),
    kernel: image('kernel'),
    initrd: initrd(program, ['program'], []),
  });
  return machine;
}

/** Everything of a machine that a guest or a debugger could tell apart. */
function state(machine: Machine) {
  const { map, u8 } = machine.memory;
  const { steps, current, turnEnd, off, turnOver, devices, turns, migrations } = machine.save();
  const digest = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex');
  return {
    ram: digest(u8.subarray(map.ram, map.ram + map.ramBytes)),
    vectors: digest(u8.subarray(map.vectors, map.decode)),
    harts: machine.harts.map(({ block }) => {
      // Not the TLBs, which lie behind, nor what the engine notes for itself.
      const bytes = u8.slice(block, block + 0x1000);
      for (const [offset, count] of engineNotes) bytes.fill(0, offset, offset + count);
      return digest(bytes);
    }),
    registers: machine.harts.map(({ id }) => {
      // Not what was written to x0, which lies between the others.
      const of = (from: number, count: number) => u8.subarray(from, from + 8 * count);
      return digest(Buffer.concat([of(xRegister(id, 0), 32), of(fRegister(id, 0), 32)]));
    }),
    others: { steps, current, turnEnd, off, turnOver, devices, turns },
    crossings: machine.migrations.list.length,
    questions: machine.migrations.questions.map((question) => ({ ...question })),
    known: migrations.known.map(({ trip, steps: length }) => [trip.tid, trip.state, trip.hart, length]),
  };
}

/** A small generator, so that a failure happens again. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function walk(machine: Machine, options: HistoryOptions, seed: number): Promise<void> {
  const history = new History(machine, options);
  const below = numbers(seed);
  const seen = new Map<number, ReturnType<typeof state>>([[machine.steps, state(machine)]]);
  while (history.run(1 + below(60_000)).reason === 'budget')
    if (seen.size < 20) seen.set(machine.steps, state(machine));
  const end = state(machine);
  const places = [...seen.keys()];
  for (let n = 0; n < 20; n++) {
    const place = places[below(places.length)]!;
    await history.goTo(place);
    assert.deepEqual(state(machine), seen.get(place), `at ${place}, the ${n}th time back`);
    if (below(3) === 0) history.run(below(100_000));
  }
  while (history.run(1_000_000).reason === 'budget');
  assert.deepEqual(state(machine), end);
}

describe('going back', () => {
  for (const engine of ['interpreter', 'auto', 'translator'] as const) {
    test(`to any place, in any order (${engine})`, async () => {
      await walk(await booted(example('threads.S'), undefined, engine), { spacing: 40_000 }, 1);
    });
  }

  test('with few moments, so that most were forgotten', async () => {
    await walk(await booted(example('dgemm.S')), { spacing: 20_000, mostMoments: 4 }, 2);
  });

  test('in a run whose turns are drawn, on a chip with a mailbox', async () => {
    const soc = seeded({ ...socNamed('app2-vec2'), mailbox: { slots: 4 } }, 5);
    await walk(await booted(example('pingpong.S'), soc), { spacing: 100_000 }, 3);
  });

  test('does nothing to the run: with a history it is the run without', async () => {
    const [plain, kept] = [await booted(example('threads.S')), await booted(example('threads.S'))];
    const history = new History(kept, { spacing: 7_000 });
    while (plain.run(1_000_000).reason === 'budget');
    while (history.run(13_000).reason === 'budget');
    assert.deepEqual(state(kept), state(plain));
  });

  test('is silent, but for who asks', async () => {
    const machine = await booted(example('threads.S'));
    const history = new History(machine, { spacing: 100_000 });
    const heard: MachineEvent[] = [];
    machine.events.on((event) => heard.push(event));
    while (history.run(1_000_000).reason === 'budget');
    const all = heard.length;
    const again: MachineEvent[] = [];
    await history.goTo(history.start);
    await history.goTo(history.end, { listener: (event) => again.push(event) });
    assert.equal(heard.length, all);
    assert.ok(again.length > 0 && again.length < all, 'those from the last moment on');
    assert.deepEqual(again, heard.slice(-again.length));
  });

  test('what happens for the first time is told from what happens again, to the instruction', async () => {
    const [plain, kept] = [await booted(example('threads.S')), await booted(example('threads.S'))];
    const history = new History(kept, { spacing: 100_000 });
    const [all, fresh]: [MachineEvent[], MachineEvent[]] = [[], []];
    plain.events.on((event) => all.push(event));
    kept.events.on((event) => history.now >= history.end && fresh.push(event));
    while (plain.run(60_013).reason === 'budget') {
      await history.goTo(Math.max(0, history.end - 50));
      history.run(plain.steps - history.now);
      assert.deepEqual(fresh.splice(0), all.splice(0));
    }
  });

  test('only where the run has been', async () => {
    const machine = await booted(example('threads.S'));
    machine.run(1000);
    const history = new History(machine);
    history.run(1000);
    await assert.rejects(history.goTo(999), /from 1000 to 2000 steps, not to 999/);
    await assert.rejects(history.goTo(2001), /not to 2001/);
  });
});

test(
  'inputs are given again where they were given, and a new one makes another future',
  needs('riscv64-linux-gnu-gcc'),
  async () => {
    const machine = await booted(compiled('echo').elf());
    const history = new History(machine, { spacing: 100_000 });
    let console = '';
    machine.events.on((event) => {
      if (event.kind === 'console') console += String.fromCharCode(event.byte);
    });
    const type = (text: string) => history.input({ kind: 'console', bytes: [...Buffer.from(text)] });
    const until = (pattern: RegExp) => {
      while (!pattern.test(console)) assert.notEqual(history.run(10_000).reason, 'power');
    };
    until(/ready/);
    const ready = history.now;
    type('one\n');
    until(/ONE/);
    type('two\n\x04\x04');
    while (history.run(100_000).reason !== 'power');
    const end = state(machine);

    await history.goTo(ready);
    assert.equal(history.inputs.length, 2);
    while (history.run(100_000).reason !== 'power');
    assert.deepEqual(state(machine), end);

    await history.goTo(ready);
    // The first input was given at this very step, so it stays; what is given now comes behind it, and the second one is forgotten.
    type('three\n\x04\x04');
    assert.equal(history.inputs.length, 2);
    console = '';
    while (history.run(100_000).reason !== 'power');
    assert.match(console, /ONE\s+THREE/);
  },
);

/** One of each kind, for a chip with two application harts and a vector hart. */
const changes: readonly Input[] = [
  { kind: 'x', hart: 0, n: 5, value: 0x1234n },
  { kind: 'f', hart: 1, n: 3, value: 0x7ff0_0000_0000_0000n },
  { kind: 'csr', hart: 0, n: csrNamed('mscratch')!.number, value: 77n },
  { kind: 'vector', hart: 2, offset: 33, bytes: [1, 2, 3] },
  { kind: 'memory', pa: 0x8080_0ffe, bytes: [9, 8, 7, 6] },
  { kind: 'freeze', hart: 1, on: true },
  { kind: 'freeze', hart: 1, on: false },
  { kind: 'console', bytes: [65, 66] },
];

test('a change from outside is part of what has been', async () => {
  const machine = await booted(example('threads.S'));
  const history = new History(machine, { spacing: 20_000, mostMoments: 6 });
  history.run(600_000);
  const here = machine.steps;
  for (const input of changes) history.input(input);
  const changed = state(machine);
  history.run(50_000);
  const later = state(machine);
  history.run(200_000);
  await history.goTo(here + 50_000);
  assert.deepEqual(state(machine), later);
  await history.goTo(here - 1000);
  history.run(51_000);
  assert.deepEqual(state(machine), later, 'over the change, from before it');
  await history.goTo(here);
  assert.deepEqual(state(machine), changed);
});

test('a history that begins where another one has been knows what was before both', async () => {
  const machine = await booted(example('pingpong.S'));
  const other = await booted(example('pingpong.S'));
  other.run(300_000);
  machine.run(100_000);
  new History(machine).run(100_000);
  const history = new History(machine);
  history.run(200_000);
  await history.goTo(200_000);
  history.run(100_000);
  assert.deepEqual(state(machine), state(other));
});

test('what nobody has forgotten, every page that is not zeros is known to have been written', async () => {
  const most = { interpreter: 3_000_000, auto: 3_000_000, translator: 400_000 } as const;
  for (const engine of ['interpreter', 'auto', 'translator'] as const) {
    const machine = await booted(example('faults.S'), socNamed('app2-vec2'), engine);
    machine.run(most[engine]);
    const { map, u8, written, writtenIsAll } = machine.memory;
    assert.ok(writtenIsAll);
    for (let page = 0; page < written.length; page++) {
      const from = map.ram + page * 4096;
      if (!written[page]) assert.ok(!u8.subarray(from, from + 4096).some(Boolean), `${engine}: page ${page}`);
    }
  }
});

test('what a machine can not take changes nothing and is not remembered', async () => {
  const machine = await booted(example('threads.S'));
  const history = new History(machine);
  history.run(1000);
  await history.goTo(500);
  const before = state(machine);
  for (const input of [
    { kind: 'x', hart: 9, n: 5, value: 1n },
    { kind: 'x', hart: 0, n: 32, value: 1n },
    { kind: 'csr', hart: 0, n: 0xfff, value: 1n },
    { kind: 'vector', hart: 0, offset: 0, bytes: [1] },
    { kind: 'memory', pa: 0x100, bytes: [1] },
    { kind: 'unit', hart: 0, unit: 'none', n: 0, value: 1n },
  ] satisfies Input[])
    assert.throws(() => history.input(input), RangeError, input.kind);
  assert.deepEqual(state(machine), before);
  assert.deepEqual([history.inputs.length, history.end], [0, 1000]);
});

test('instruction by instruction, a hart goes back the way it came', async () => {
  const machine = await booted(example('threads.S'));
  const history = new History(machine, { spacing: 50_000 });
  while (history.run(1_000_000).reason === 'budget');
  // Into the program, where threads are on several harts.
  await history.goTo(Math.floor(history.end * 0.9));
  for (const { id } of machine.harts) {
    const way: [number, bigint, number][] = [];
    const start = machine.steps;
    const hart = machine.harts[id]!;
    while (way.length < 12 && machine.steps < start + 10_000) {
      const [steps, pc, time] = [machine.steps, hart.pc, hart.time];
      history.run(1);
      if (machine.last === id) way.push([steps, pc, time]);
    }
    assert.ok(way.length > 0, `hart ${id} does nothing here`);
    for (const place of way.reverse()) {
      assert.equal(await history.goBeforeLast(id), true);
      assert.deepEqual([machine.steps, hart.pc, hart.time], place);
    }
  }
});

test('the last stop before a place is found, however far back it lies', async () => {
  const machine = await booted(example('threads.S'));
  const history = new History(machine, { spacing: 30_000, mostMoments: 5 });
  const stops: number[] = [];
  machine.events.on((event) => {
    if (event.kind === 'migration' && event.step === 'leave') machine.stop();
  });
  for (let stop = history.run(1e6); stop.reason !== 'power'; stop = history.run(1e6)) {
    if (stop.reason === 'stopped') stops.push(history.now);
  }
  assert.ok(stops.length > 3);
  const stopOnLeave = (event: MachineEvent) => {
    if (event.kind === 'migration' && event.step === 'leave') machine.stop();
  };
  for (let at = history.end; stops.length; at = history.now) {
    const stop = await history.goToLastStop(at, { listener: stopOnLeave });
    assert.ok(stop && stop !== 'given up');
    assert.equal(stop.reason, 'stopped');
    assert.equal(history.now, stops.pop());
  }
  assert.equal(await history.goToLastStop(history.now, { listener: stopOnLeave }), undefined);
  assert.equal(history.now, history.start);
});

test('going back can be given up on the way: the machine is where it was', async () => {
  const machine = await booted(example('threads.S'));
  let time = 0;
  const clock = () => {
    time += 10;
    return time;
  };
  const history = new History(machine, { spacing: 1_000_000, clock });
  history.run(900_000);
  const here = state(machine);
  let asked = 0;
  const breathe = async () => {
    asked++;
    return true;
  };
  assert.equal(await history.goTo(500_000, { breathe }), false);
  assert.deepEqual(state(machine), here);
  assert.equal(await history.goToLastStop(history.now, { breathe }), 'given up');
  assert.deepEqual(state(machine), here);
  assert.equal(await history.goBeforeLast(machine.last, { breathe }), 'given up');
  assert.deepEqual(state(machine), here);
  assert.equal(asked, 3);
});

for (const [room, mostMoments] of [
  ['as many as it likes', 1000],
  ['no more than two', 2],
] as const)
  test(
    `of more stops than are looked at one by one the last is found, behind which a moment lies, with moments ${room}`,
    needs(...TOOLS),
    async () => {
      // A place that is passed 1,000 times, then none of it.
      const { machine, label } = await load(
        `1: addi a0, a0, 1
         here: li t1, 1000
         blt a0, t1, 1b
         1: addi a1, a1, 1
         j 1b`,
      );
      // A clock by which every look takes long, so that a search without end is given up.
      let time = 0;
      const clock = () => {
        time += 10;
        return time;
      };
      const history = new History(machine, { spacing: 6000, mostMoments, clock });
      history.run(6000);
      history.run(500);
      machine.breakpoints.add({ va: label('here') });
      let breaths = 0;
      const stop = await history.goToLastStop(history.now, { breathe: async () => ++breaths > 10_000 });
      assert.equal(typeof stop === 'object' && stop.reason, 'breakpoint');
      assert.equal(machine.harts[0]!.x(10), 1000n);
      assert.equal(machine.harts[0]!.x(11), 0n);
    },
  );
