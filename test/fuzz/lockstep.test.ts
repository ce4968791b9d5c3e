/** Hot random programs, interpreter and translator side by side. `npm run fuzz -- --lockstep` runs any number. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Machine } from '../../emulator/machine.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { isaOf } from '../hart.js';
import { hot, load } from './hot.js';
import { Lockstep, reportApart } from './lockstep.js';
import { RAM_MIB } from './program.js';
import { seedOf } from './seed.js';

const SEED = seedOf();

test('both engines do the same in programs that get hot, whatever interrupts them', async (t) => {
  const lockstep = new Lockstep();
  for (let n = 0; n < 5; n++) {
    const apart = await lockstep.run(SEED + n, 100_000);
    if (apart) assert.fail(reportApart(apart));
  }
  t.diagnostic(`${lockstep.programs} programs from seed ${SEED} on, ${lockstep.instructions} instructions`);
});

test('nor do breakpoints and watches part them that come and go', async () => {
  const lockstep = new Lockstep();
  const watched = Array.from({ length: 60 }, (_, n) => SEED + n).filter((seed) => hot(seed).watched);
  // In these the second machine once walked page tables that the first did not, or the other way round.
  for (const seed of [29, 45, 57, 80, ...watched.slice(0, 2)]) {
    const apart = await lockstep.run(seed, 30_000);
    if (apart) assert.fail(reportApart(apart));
  }
});

test('such programs go round, trap, lose their pages and change their privilege', async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const program = hot(seed);
    const harts = [{ isa: isaOf(program.vlen), count: program.harts }];
    const soc = readSoc({ harts, memoryMiB: RAM_MIB, clock: 1_000_000, timebase: 1_000_000 }, 'hot');
    const machine = await Machine.create(soc, { engine: 'interpreter' });
    load(machine, program);
    const places = new Map<bigint, number>();
    machine.events.on((event) => {
      if (event.kind === 'trap') seen.add(`${event.interrupt ? 'interrupt' : 'exception'} ${event.cause}`);
      if (event.kind === 'trap-return') seen.add(`to ${event.to}`);
    });
    for (let n = 0; n < 2000; n++) {
      machine.run(37);
      const { pc } = machine.harts[0]!;
      places.set(pc, (places.get(pc) ?? 0) + 1);
    }
    if (Math.max(...places.values()) > 20) seen.add('hot');
  }
  const wanted = [
    'hot',
    'to 0',
    'to 1',
    'to 3',
    'interrupt 7',
    ...[2, 8, 12, 13, 15].map((cause) => `exception ${cause}`),
  ];
  assert.deepEqual(
    wanted.filter((each) => !seen.has(each)),
    [],
  );
});
