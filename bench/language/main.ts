/**
 * `npm run bench:lsp`: how long the language server takes: a file of 10,000 lines from nothing, the diagnostics after a keystroke in it, and
 * the memory that 100 files take. Medians of several rounds in one process, after a warm-up,
 * of the processor's time.
 */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { socOf } from '../../cli/files.js';
import { Analysed, Memory } from '../../language-server/document.js';
import { diagnosticsOf } from '../../language-server/features/diagnostics.js';
import { hintsOf } from '../../language-server/features/inlay-hints.js';
import { defaults } from '../../language-server/settings.js';
import { source } from './source.js';

const LINES = 10_000;
const ROUNDS = 7;
const KEYSTROKES = 32;
const view = { chip: socOf(defaults.soc), calls: 'auto', faults: 'ask', read: () => undefined } as const;

interface Times {
  readonly median: number;
  readonly least: number;
}
const times = (values: number[]): Times => {
  values.sort((a, b) => a - b);
  return { median: values[values.length >> 1]!, least: values[0]! };
};
/** On a computer that others use too the least is nearer to what the work takes than the median is. */
const told = ({ median, least }: Times) => `${median.toFixed(0)} ms (the least of them: ${least.toFixed(0)} ms)`;
/** Milliseconds of the processor that some work takes: other programs' share of the computer does not count. */
const timed = (work: () => void) => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};
const open = (text: string, n = 0, memory?: Memory) =>
  new Analysed(TextDocument.create(`file:///bench${n}.S`, 'riscv-asm', 1, text), view, memory);
const whole = (text: string) => {
  const analysed = open(text);
  diagnosticsOf(analysed, defaults);
  hintsOf(analysed, defaults);
};

const text = source(LINES, 0);
const first = timed(() => whole(text));
for (let n = 0; n < 3; n++) whole(source(LINES, n));
const full = times(Array.from({ length: ROUNDS }, (_, n) => timed(() => whole(source(LINES, n)))));

/** What the diagnostics take after each of many edits, made one after the other as a server sees them. */
function keystrokes(edit: (text: string, n: number) => string): Times {
  const memory = new Memory();
  let now = text;
  diagnosticsOf(open(now, 0, memory), defaults);
  return times(
    Array.from({ length: KEYSTROKES }, (_, n) => {
      now = edit(now, n);
      return timed(() => diagnosticsOf(open(now, 0, memory), defaults));
    }),
  );
}
const put = (text: string, what: string, at: number) => text.slice(0, at) + what + text.slice(at);
/** A place in the n-th function behind the middle. */
const placeIn = (text: string, n: number, what: string) => {
  let at = text.length / 2;
  for (let i = 0; i <= n; i++) at = text.indexOf(what, at + 1);
  return at + what.length;
};
const digit = keystrokes((now, n) => put(now, '1', placeIn(now, n, 'li      s0, 10')));
const typed = 'addi a0, a0, 64\n';
const line = keystrokes((now, n) =>
  put(now, typed[n % typed.length]!, placeIn(now, Math.floor(n / typed.length), 'ret\n') + (n % typed.length)),
);
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const kept = Array.from({ length: 100 }, (_, n) => {
  const analysed = open(source(300, n), n);
  diagnosticsOf(analysed, defaults);
  return analysed;
});
globalThis.gc?.();
const bytes = process.memoryUsage().heapUsed - before;
console.log(
  `a file of ${LINES} lines, from nothing: ${told(full)}; the first, before the code is warm: ${first.toFixed(0)} ms`,
);
console.log(`diagnostics after a keystroke in it, an operand's digit: ${told(digit)}`);
console.log(`the same, letters of a new line, which moves all that is behind it: ${told(line)}`);
console.log(`100 files of 300 lines, all analysed: ${(bytes / 2 ** 20).toFixed(0)} MiB (${kept.length})`);
