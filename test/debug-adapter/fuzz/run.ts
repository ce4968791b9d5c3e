/** `npm run fuzz:debug -- --minutes N [--seed S]`: random conversations with the debug adapter, for as long as wanted. A failure names its seed. */
import { numberOption } from '../../fuzz/options.js';
import { converse } from './conversation.js';

const option = (name: string, otherwise: number) => numberOption('npm run fuzz:debug', name, otherwise);

const end = Date.now() + option('--minutes', 1) * 60_000;
let seed = option('--seed', Math.floor(Math.random() * 2 ** 31));
const first = seed;
let requests = 0;
let served = 0;
const commands = new Map<string, { served: number; refused: number }>();
do {
  try {
    const tally = await converse(seed);
    requests += tally.requests;
    served += tally.served;
    for (const [command, each] of tally.commands) {
      const sum = commands.get(command) ?? { served: 0, refused: 0 };
      commands.set(command, { served: sum.served + each.served, refused: sum.refused + each.refused });
    }
  } catch (error) {
    process.stderr.write(`seed ${seed} failed: ${(error as Error).stack}\n`);
    process.exit(1);
  }
  seed++;
} while (Date.now() < end);
process.stdout.write(
  `${seed - first} conversations from seed ${first}, ${requests} requests, ${served} of them served\n`,
);
for (const [command, each] of [...commands].sort())
  process.stdout.write(`  ${command.padEnd(28)} ${each.served} served, ${each.refused} refused\n`);
process.exit(0);
