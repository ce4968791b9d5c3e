/** `npm run fuzz -- [--minutes N | --programs N] [--seed S] [--length N] [--keep-going] [--lockstep]`: random programs in our machine and in QEMU. */
import { parseArgs } from 'node:util';
import { instructions } from '../../isa/table.js';
import { Comparison, report } from './compare.js';
import { whyLeftOut } from './generate.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    programs: { type: 'string' },
    seed: { type: 'string' },
    length: { type: 'string', default: '120' },
    'keep-going': { type: 'boolean', default: false },
    lockstep: { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
const programs = values.programs === undefined ? Number.POSITIVE_INFINITY : Number(values.programs);
const minutes = Number(values.minutes ?? (values.programs === undefined ? 1 : Number.POSITIVE_INFINITY));
const end = Date.now() + minutes * 60_000;

const comparison = new Comparison(values.lockstep);
let failures = 0;
for (let n = 0; n < programs && Date.now() < end; n++) {
  const failure = await comparison.run(Comparison.program(seed + n, Number(values.length)));
  if (!failure) continue;
  failures++;
  console.log(`${report(failure)}\n`);
  if (!values['keep-going']) break;
}
comparison.close();
console.log(
  `${comparison.programs} programs from seed ${seed} on, ${comparison.instructions} instructions: ${failures || 'no'} difference${failures === 1 ? '' : 's'}`,
);
const never = instructions.filter((row) => !comparison.executed.has(row.name));
console.log(`${instructions.length - never.length} of ${instructions.length} rows executed`);
const reasons = new Map<string, string[]>();
for (const { name } of never) {
  const why = whyLeftOut(name) ?? 'by chance: run more programs';
  reasons.set(why, [...(reasons.get(why) ?? []), name]);
}
for (const [why, names] of reasons) console.log(`  never, ${why}: ${names.join(' ')}`);
process.exitCode = failures ? 1 : 0;
