/** `npm run fuzz:lsp -- --minutes N [--seed S]`: sessions of random edits, for as long as wanted. A failure names its seed. */
import { numberOption } from '../../fuzz/options.js';
import { session } from './session.js';

const EDITS = 200;
const option = (name: string, otherwise: number) => numberOption('npm run fuzz:lsp', name, otherwise);

const end = Date.now() + option('--minutes', 1) * 60_000;
const first = option('--seed', Math.floor(Math.random() * 2 ** 31));
let seed = first;
let edits = 0;
do {
  try {
    edits += await session(seed, EDITS);
  } catch (error) {
    process.stderr.write(`seed ${seed} failed: ${(error as Error).stack}\n`);
    process.exit(1);
  }
  seed++;
} while (Date.now() < end);
process.stdout.write(`${edits} edits in ${seed - first} sessions from seed ${first}\n`);
process.exit(0);
