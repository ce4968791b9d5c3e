/** For how long a run stands still at most, while hot code is translated and for whatever else: the longest time that a few instructions take. */
import type { Builder } from './build.js';
import type { Guest } from './emulators.js';
import { scalars } from './scalars.js';
import { median, timed } from './timing.js';
import { vectors } from './vectors.js';

/** Programs that come to new hot code within so many instructions. */
const INSTRUCTIONS = 150_000_000;
const named = {
  mix: scalars,
  leaves: scalars,
  orbits: scalars,
  'dgemm f64, VLEN 256, m4': vectors,
  'select i32, VLEN 256, m4': vectors,
};

/** Milliseconds of a slice that is long. */
const LIMIT = 5;

function slicesOf({ elf, isa }: Guest): number[] {
  const script = ['--import', './scripts/typescript.mjs', 'bench/holds/run.ts'] as const;
  const { output } = timed([process.execPath, ...script, elf.bare!, isa, String(INSTRUCTIONS)]);
  // In the first one the engine itself starts.
  return (JSON.parse(output) as number[]).slice(1);
}

/** Row by row: medians of the longest slice, and of how many took more than LIMIT milliseconds. @throws Error without Linux, which is asked */
export function* holds(builder: Builder, rounds: number): Generator<string[]> {
  for (const [name, programs] of Object.entries(named)) {
    const guest = programs.find((program) => program.name === name)!.build(builder);
    const runs = Array.from({ length: rounds }, () => slicesOf(guest));
    const longest = median(runs.map((slices) => Math.max(...slices)));
    const long = median(runs.map((slices) => slices.filter((time) => time > LIMIT).length));
    yield [name, longest.toFixed(1), String(long)];
  }
}

export const holdsHead = ['holds', 'ms at most', `slices over ${LIMIT} ms`] as const;
