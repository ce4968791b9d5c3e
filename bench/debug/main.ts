/**
 * `npm run bench:debug [-- --rounds N] [WORD…]`: how long the debugger takes, spoken to in process. A table of medians; WORDs choose the
 * measurements whose name holds one of them.
 */
import { costs } from './costs.js';
import { goingBack } from './going-back.js';
import type { Figure } from './measure.js';
import { looking } from './looking.js';
import { symbols } from './symbols.js';
import { timelines } from './timeline.js';
import { watchingBack } from './watching-back.js';

/** By name. */
const measurements: Readonly<Record<string, (rounds: number) => Promise<Figure[]>>> = {
  'going back': goingBack,
  'to the last change': watchingBack,
  'stepping and looking': looking,
  'what it costs': costs,
  'symbols of a large file': symbols,
  'a long timeline': timelines,
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
    console.log(`| ${what} | ${shown(value)} ${unit} | ${verdict(value, unit, aim)} |`);
  }
}
process.exit(0);

function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function verdict(value: number, unit: string, aim: number | undefined): string {
  if (aim === undefined) return '';
  return `at most ${shown(aim)} ${unit}: ${value <= aim ? 'met' : '**missed**'}`;
}
