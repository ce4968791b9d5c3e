/** One trial, from power-on to its end. */
import { readFileSync } from 'node:fs';
import { boot } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import { initrd } from '../../emulator/initrd.js';
import { Machine } from '../../emulator/machine.js';
import { compiled } from '../kernel/programs.js';
import { Invariants } from './invariants.js';
import type { Trial } from './trial.js';

const freestanding = [
  ...['-O2', '-static', '-nostdlib', '-ffreestanding', '-fno-stack-protector', '-mno-relax', '-march=rv64gc'],
  ...['-fno-tree-loop-distribute-patterns', '-Wl,--no-relax', '-Wl,--build-id=none'],
];

export const programs = { trips: compiled('trips', freestanding), malice: compiled('malice', freestanding) };

/** The last line of each on the console when all is well. */
const ends = { trips: /^\d+ trips\n$/, malice: /(^|\n)unharmed\n$/ };

/** More than any trial takes. Most take 6 million; malicious threads that live until they are killed, some 200 million. */
export const MOST_INSTRUCTIONS = 600_000_000;
const SLICE = 1_000_000;

const image = (name: string) => {
  let kept: ReturnType<typeof readElf> | undefined;
  return () => (kept ??= readElf(readFileSync(`images/${name}.elf`), name));
};
const [firmware, kernel] = [image('firmware'), image('kernel')];

export interface Result {
  /** What went wrong, a line each. */
  readonly failures: readonly string[];
  /** Arrivals on accelerator harts. */
  readonly trips: number;
  readonly instructions: number;
}

export async function run(trial: Trial): Promise<Result> {
  const machine = await Machine.create(trial.soc);
  const invariants = new Invariants(machine);
  let console = '';
  machine.events.on((event) => {
    if (event.kind === 'console') console += String.fromCharCode(event.byte);
  });
  boot(machine, {
    firmware: firmware(),
    kernel: kernel(),
    initrd: initrd(programs[trial.program].elf(), [trial.program, ...trial.args], []),
    bootargs: trial.bootargs,
  });
  let left = MOST_INSTRUCTIONS;
  let stop = machine.run(SLICE);
  for (; stop.reason === 'budget' && left > 0; left -= SLICE) stop = machine.run(SLICE);
  const failures: string[] = [];
  if (stop.reason === 'deadlock') failures.push('every hart waits for ever');
  else if (stop.reason !== 'power') failures.push(`still running after ${MOST_INSTRUCTIONS} instructions`);
  else {
    invariants.atEnd();
    if (stop.status !== trial.status) failures.push(`exit status ${stop.status} rather than ${trial.status}`);
  }
  if (!ends[trial.program].test(console)) failures.push(`the console says: ${console}`);
  failures.push(...invariants.broken.slice(0, 5));
  return {
    failures,
    trips: invariants.trips,
    instructions: machine.harts.reduce((sum, { instret }) => sum + instret, 0),
  };
}
