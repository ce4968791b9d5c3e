/** The same inputs give the same run, to the instruction, however the host slices it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import { boot } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import type { EngineChoice } from '../../emulator/engine/choice.js';
import { initrd } from '../../emulator/initrd.js';
import { Machine } from '../../emulator/machine.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { seeded } from '../../emulator/soc/soc.js';

const file = (path: string) => new URL(`../../${path}`, import.meta.url);
const image = (name: string) => readElf(readFileSync(file(`images/${name}.elf`)), name);

function program(name: string): Uint8Array {
  const result = assemble([{ name, text: readFileSync(file(`examples/${name}`), 'utf8') }]);
  assert.ok(result.elf, JSON.stringify(result));
  return result.elf;
}

type Kinds = Parameters<Machine['events']['on']>[1];

/** A whole run: digest of its events, of RAM at its end, and each hart's time and count. */
async function run(
  slice: (n: number) => number,
  engine?: EngineChoice,
  soc = socNamed('app2-vec2'),
  heard?: Kinds,
  go = (machine: Machine, most: number) => machine.run(most),
) {
  const machine = await Machine.create(soc, { ...(engine && { engine }) });
  const [events, migrations] = [createHash('sha1'), createHash('sha1')];
  machine.events.on((e) => {
    const text = JSON.stringify(e, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
    events.update(text);
    if (e.kind === 'migration') migrations.update(text);
  }, heard);
  boot(machine, {
    firmware: image('firmware'),
    kernel: image('kernel'),
    initrd: initrd(program('threads.S'), ['threads'], []),
  });
  let slices = 0;
  let stop: { reason: string };
  do stop = go(machine, slice(slices++));
  while (stop.reason === 'budget' && slices < 1e6);
  assert.equal(stop.reason, 'power');
  const { map, u8 } = machine.memory;
  return {
    events: events.digest('hex'),
    migrations: migrations.digest('hex'),
    ram: createHash('sha1')
      .update(u8.subarray(map.ram, map.ram + map.ramBytes))
      .digest('hex'),
    harts: machine.harts.map(({ time, instret, id }) => ({ time, instret, lastStep: machine.lastStep(id) })),
    steps: machine.steps,
  };
}

test('a run is the same in slices of a million, of odd sizes, and of a few instructions', async () => {
  const whole = await run(() => 1_000_000);
  assert.deepEqual(await run(() => 1_000_000), whole);
  assert.deepEqual(await run((n) => 1 + ((n * 7919) % 9973)), whole);
  // Boot in large steps, then threads and migrations a handful of instructions at a time.
  assert.deepEqual(await run((n) => (n < 4100 ? 1000 : 1 + ((n * 31) % 17))), whole);
});

test('a run is the same whether its traps are told or taken without a word, and so are its migrations', async () => {
  const odd = (n: number) => 1 + ((n * 7919) % 9973);
  const { events: _, ...told } = await run(odd, 'interpreter');
  for (const engine of ['interpreter', 'auto'] as const) {
    const { events: __, ...quiet } = await run(odd, engine, socNamed('app2-vec2'), ['migration']);
    assert.deepEqual(quiet, told);
  }
});

test('a run is the same whether code is interpreted, translated when it is hot, or all translated', async () => {
  const odd = (n: number) => 1 + ((n * 7919) % 9973);
  const interpreted = await run(() => 1_000_000, 'interpreter');
  assert.deepEqual(await run(() => 1_000_000, 'auto'), interpreted);
  assert.deepEqual(await run(() => 1_000_000, 'translator'), interpreted);
  assert.deepEqual(await run(odd, 'translator'), interpreted);
});

test('a run is the same whether the engine takes turns by itself or is given each one', async () => {
  // What stops at a time is given turn by turn.
  const given = (machine: Machine, most: number) => machine.runUntil(0, Number.POSITIVE_INFINITY, most);
  for (const soc of [socNamed('app2-vec2'), socNamed('app4-vec4'), { ...socNamed('app2-vec2'), quantum: 7 }]) {
    const one = await run(() => 1_000_000, 'interpreter', soc, ['migration'], given);
    assert.deepEqual(await run(() => 1_000_000, 'interpreter', soc, ['migration']), one);
    assert.deepEqual(await run((n) => 1 + ((n * 7919) % 9973), 'auto', soc, ['migration']), one);
  }
});

test('a seed makes another run, which is the same in any slices and on any engine', async () => {
  const chip = (seed: number) => seeded(socNamed('app2-vec2'), seed);
  const odd = (n: number) => 1 + ((n * 7919) % 9973);
  const few = (n: number) => (n < 4100 ? 1000 : 1 + ((n * 31) % 17));
  const one = await run(() => 1_000_000, 'interpreter', chip(1));
  assert.deepEqual(await run(odd, 'interpreter', chip(1)), one);
  assert.deepEqual(await run(few, 'auto', chip(1)), one);
  assert.deepEqual(await run(odd, 'translator', chip(1)), one);
  const [other, without] = [await run(odd, 'auto', chip(2)), await run(odd)];
  assert.equal(new Set([one, other, without].map(({ events }) => events)).size, 3);
});
