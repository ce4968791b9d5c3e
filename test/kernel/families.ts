/**
 * `npx tsx test/kernel/families.ts [--minutes N] [--seed N]`: trees of processes that fork, fault, signal and kill each other at random while their
 * threads use vectors (test/programs/family.c), on random chips with turns drawn from a seed. Prints what failed and how to see it again.
 */
import { argv, exit, stdout } from 'node:process';
import { readSoc } from '../../emulator/soc/soc.js';
import { onMachine } from './boards.js';
import { compiled } from './programs.js';

const program = compiled('family');
export const tools = program.tools;
const expected = 'begins\n4 rounds, 0 of too few, 0 wrong, 0 times less memory\n';

/** What a seed stands for: chip, policy, transport, turns. */
function described(seed: number): { soc: object; bootargs: string } {
  const nth = <T>(of: readonly T[], stride: number): T => of[Math.floor(seed / stride) % of.length]!;
  const accelerator = { isa: 'rv64gcv_zvl256b', role: 'accelerator' };
  const harts = [
    { count: nth([1, 2, 3, 5], 1), isa: 'rv64gc', role: 'application' },
    { ...accelerator, count: nth([1, 2, 3], 4) },
  ];
  const soc = { name: `family-${seed}`, quantum: nth([50, 400, 1000, 7], 3), turns: { seed }, harts };
  const policy = nth(['sticky', 'fifo', 'least-loaded'], 2);
  return { soc, bootargs: `migrate.policy=${policy} migrate.transport=${nth(['fifo', 'mailbox'], 5)}` };
}

/** One run; undefined when all was well. */
export async function attempt(seed: number): Promise<string | undefined> {
  const { soc, bootargs } = described(seed);
  const where = `seed ${seed}: ${JSON.stringify(soc)} ${bootargs}`;
  try {
    const { console, status } = await onMachine(readSoc(soc, 'family'), { program, args: [String(seed)], bootargs });
    return console === expected && status === 0 ? undefined : `${where}: status ${status}, console: ${console}`;
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

if (argv[1]?.endsWith('families.ts')) exit(await main(argv.slice(2)));
