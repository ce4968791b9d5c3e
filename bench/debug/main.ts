/**
 * `npm run bench:debug [-- --rounds N] [WORD…]`: how long the debugger takes, spoken to in process. A table of medians; WORDs choose the
 * measurements whose name holds one of them.
 */
import { costs } from './costs.js';
import { goingBack } from './going-back.js';
import type { Figure } from './measure.js';
import { looking } from './looking.js';

/** By name; symbols of large files are measured by what is added here. */
const measurements: Readonly<Record<string, (rounds: number) => Promise<Figure[]>>> = {
  'going back': goingBack,
  'stepping and looking': looking,
  'what it costs': costs,
};

const args = process.argv.slice(2);
const at = args.indexOf('--rounds');
const rounds = at < 0 ? 11 : Number(args.splice(at, 2)[1]);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds wants a whole number from 1');

console.log(`medians of ${rounds} rounds, Node ${process.versions.node}`);
for (const [name, measure] of Object.entries(measurements)) {
  if (args.length && !args.some((word) => name.includes(word))) continue;
  console.log(`\n| ${name} | | aim |\n| --- | --- | --- |`);
  for (const { what, value, unit, aim } of await measure(rounds)) {
    const shown = Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
    console.log(`| ${what} | ${shown} ${unit} | ${aim === undefined ? '' : `at most ${aim} ${unit}`} |`);
  }
}
process.exit(0);
