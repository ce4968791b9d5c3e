/**
 * `npm run chaos -- --seeds FROM..TO [--minutes N] [--malice]`: threads that check all their registers, or malicious ones beside a program
 * that looks after itself, on chips and with turns drawn from each seed. Prints what failed and the command that shows it again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { programs, run } from './run.js';
import { malicious, type Trial, trialOf } from './trial.js';

/** Write what a trial needs. @returns the command that runs it again */
function replay({ seed, description, bootargs, program, args }: Trial): string {
  const folder = join(tmpdir(), 'harthop-chaos');
  mkdirSync(folder, { recursive: true });
  const [elf, soc] = [join(folder, `${program}.elf`), join(folder, `${program}-${seed}.json`)];
  writeFileSync(elf, programs[program].elf());
  writeFileSync(soc, `${JSON.stringify(description, null, 2)}\n`);
  return `npx harthop run ${elf} --soc ${soc} --seed ${seed} --append '${bootargs}' -- ${args.join(' ')}`;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { seeds: { type: 'string' }, minutes: { type: 'string' }, malice: { type: 'boolean' } },
  });
  const range = /^(\d+)(?:\.\.(\d+))?$/.exec(values.seeds ?? '1..10000');
  if (!range) {
    stdout.write('--seeds: a number, or two as in 1..10000\n');
    return 2;
  }
  const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
  const end = Date.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  let [seed, failed, trips] = [first, 0, 0];
  for (; seed <= last && Date.now() < end; seed++) {
    const trial = values.malice ? malicious(seed) : trialOf(seed);
    const { failures, trips: more } = await run(trial).catch((error: Error) => ({
      failures: [`the machine: ${error.stack}`],
      trips: 0,
    }));
    trips += more;
    if (!failures.length) continue;
    failed++;
    stdout.write(`seed ${seed}:\n${failures.map((line) => `  ${line.trimEnd()}\n`).join('')}  ${replay(trial)}\n`);
  }
  stdout.write(`${seed - first} seeds, from ${first} to ${seed - 1}: ${failed} failed; ${trips} trips\n`);
  return failed ? 1 : 0;
}

exit(await main(argv.slice(2)));
