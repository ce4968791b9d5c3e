/**
 * `npx tsx test/kernel/stress.ts [--minutes N] [--seed N]`: programs with many threads, signals and migrations on random SoCs with
 * random turn lengths and policies, so that every hart is interrupted everywhere. Prints what failed and how to see it again.
 */
import { argv, exit, stdout } from 'node:process';
import { readSoc } from '../../emulator/soc/soc.js';
import { onMachine } from './boards.js';
import { type Scenario, scenarios } from './scenarios.js';

/** A small generator of our own: the same seed gives the same runs everywhere. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export const crowded: readonly Scenario[] = scenarios.filter(({ name }) =>
  ['crowd.c', 'signals.c', 'unmap.c', 'pthreads.c'].includes(name),
);

/** One run; undefined when all was well. */
export async function attempt(seed: number): Promise<string | undefined> {
  const below = generator(seed);
  const pick = <T>(of: readonly T[]): T => of[below(of.length)]!;
  const accelerator = { isa: 'rv64gcv', role: 'accelerator' };
  const description = {
    name: `stress-${seed}`,
    quantum: pick([7, 50, 133, 400, 1000, 3000, 10007]),
    migration: { policy: pick(['fifo', 'least-loaded', 'sticky']) },
    harts: [
      { count: 1 + below(4), isa: 'rv64gc', role: 'application' },
      { ...accelerator, count: 1 + below(3), vlen: 256 },
      ...(below(3) ? [] : [{ ...accelerator, count: 1, vlen: 1024 }]),
    ],
  };
  const scenario = pick(crowded);
  const where = `seed ${seed}: ${scenario.name} on ${JSON.stringify(description)}`;
  try {
    const { console, status } = await onMachine(readSoc(description, 'stress'), scenario);
    if (console === scenario.expected.console && status === scenario.expected.status) return undefined;
    return `${where}: status ${status}, console: ${console}`;
  } catch (error) {
    return `${where}: ${error}`;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const option = (name: string, otherwise: number) =>
    args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise;
  const end = Date.now() + option('--minutes', 1) * 60_000;
  let [seed, failures, runs] = [option('--seed', 1), 0, 0];
  for (; Date.now() < end; seed++, runs++) {
    const failure = await attempt(seed);
    if (!failure) continue;
    failures++;
    stdout.write(`${failure}\n`);
  }
  stdout.write(`${runs} runs, ${failures} failures; the next seed is ${seed}\n`);
  return failures ? 1 : 0;
}

if (argv[1]?.endsWith('stress.ts')) exit(await main(argv.slice(2)));
