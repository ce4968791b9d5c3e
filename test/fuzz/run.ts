/**
 * `npm run fuzz -- [--minutes N | --programs N] [--seed S] [--length N] [--keep-going]`: random programs in our machine and in QEMU.
 * `npm run fuzz -- --lockstep [--instructions N | …]`: programs that get hot, on both engines side by side, without QEMU.
 */
import { parseArgs } from 'node:util';
import { instructions } from '../../isa/table.js';
import { Comparison, report } from './compare.js';
import { whyLeftOut } from './generate.js';
import { Lockstep, reportApart } from './lockstep.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    programs: { type: 'string' },
    instructions: { type: 'string' },
    seed: { type: 'string' },
    length: { type: 'string', default: '120' },
    'keep-going': { type: 'boolean', default: false },
    lockstep: { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
const [programs, most] = [values.programs, values.instructions].map((value) =>
  Number(value ?? Number.POSITIVE_INFINITY),
);
const isBounded = values.programs !== undefined || values.instructions !== undefined;
const minutes = Number(values.minutes ?? (isBounded ? Number.POSITIVE_INFINITY : 1));
const end = Date.now() + minutes * 60_000;
const count = (n: number, what: string) => `${n || 'no'} ${what}${n === 1 ? '' : 's'}`;

/** What the programs have executed, and why not the rest. */
function tellRows(executed: { has(row: string): boolean }): void {
  const never = instructions.filter((row) => !executed.has(row.name));
  console.log(`${instructions.length - never.length} of ${instructions.length} rows executed`);
  const reasons = new Map<string, string[]>();
  for (const { name } of never) {
    const why = whyLeftOut(name) ?? 'by chance: run more programs';
    reasons.set(why, [...(reasons.get(why) ?? []), name]);
  }
  for (const [why, names] of reasons) console.log(`  never, ${why}: ${names.join(' ')}`);
}

/** @returns how many programs differed */
async function besideQemu(): Promise<number> {
  const comparison = new Comparison();
  let failures = 0;
  for (let n = 0; n < programs! && comparison.instructions < most! && Date.now() < end; n++) {
    const failure = await comparison.run(Comparison.program(seed + n, Number(values.length)));
    if (!failure) continue;
    failures++;
    console.log(`${report(failure)}\n`);
    if (!values['keep-going']) break;
  }
  comparison.close();
  console.log(
    `${comparison.programs} programs from seed ${seed} on, ${comparison.instructions} instructions: ${count(failures, 'difference')}`,
  );
  tellRows(comparison.executed);
  return failures;
}

/** @returns how many programs differed */
async function inLockstep(): Promise<number> {
  const lockstep = new Lockstep();
  let failures = 0;
  let told = Date.now();
  const tell = () =>
    console.log(
      `${lockstep.programs} programs from seed ${seed} on, ${lockstep.instructions} instructions on both engines: ${count(failures, 'difference')}`,
    );
  for (let n = 0; n < programs! && lockstep.instructions < most! && Date.now() < end; n++) {
    const apart = await lockstep.run(seed + n);
    if (apart) {
      failures++;
      console.log(`${reportApart(apart)}\n`);
      if (!values['keep-going']) break;
    }
    if (Date.now() - told < 60_000) continue;
    told = Date.now();
    tell();
  }
  tell();
  tellRows(lockstep.rows);
  return failures;
}

process.exitCode = (await (values.lockstep ? inLockstep() : besideQemu())) ? 1 : 0;
