/**
 * `npm run bench:lsp`: how long the language server takes: a file of 10,000 lines from nothing, the diagnostics after a keystroke in it, and
 * the memory that 100 files take. Medians of several rounds in one process, after a warm-up.
 */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { socOf } from '../../cli/files.js';
import { Analysed } from '../../language-server/document.js';
import { diagnosticsOf } from '../../language-server/features/diagnostics.js';
import { hintsOf } from '../../language-server/features/inlay-hints.js';
import { defaults } from '../../language-server/settings.js';

const LINES = 10_000;
const ROUNDS = 7;
const view = { chip: socOf(defaults.soc), calls: 'auto', faults: 'ask', include: () => undefined } as const;

/** Code as people write it: functions with loops of vectors, calls and system calls between them. */
function source(lines: number, seed: number): string {
  const out = ['        .globl  _start', '_start:'];
  const functions = Math.floor(lines / 25);
  for (let n = 0; n < functions; n++) out.push(`        call    work${n}`);
  out.push('        li      a7, 93', '        ecall');
  for (let n = 0; out.length < lines; n++) {
    const width = [8, 16, 32, 64][(n + seed) % 4]!;
    out.push(
      `# Adds two arrays of ${width}-bit numbers, number ${n}.`,
      `work${n}:`,
      '        addi    sp, sp, -32',
      '        sd      ra, 24(sp)',
      '        sd      s0, 16(sp)',
      '        li      s0, 100',
      '        la      a0, buffer',
      '        mv      a1, a0',
      `1:      vsetvli t0, s0, e${width}, m2, ta, ma`,
      `        vle${width}.v  v8, (a0)`,
      `        vle${width}.v  v10, (a1)`,
      '        vadd.vv v8, v8, v10',
      `        vse${width}.v  v8, (a0)`,
      '        sub     s0, s0, t0',
      `        slli    t1, t0, ${Math.log2(width / 8)}`,
      '        add     a0, a0, t1',
      '        add     a1, a1, t1',
      '        bnez    s0, 1b',
      '        li      a7, 178',
      '        ecall',
      '        ld      ra, 24(sp)',
      '        ld      s0, 16(sp)',
      '        addi    sp, sp, 32',
      '        ret',
    );
  }
  for (let n = 0; n < functions; n++) if (!out.includes(`work${n}:`)) out.push(`work${n}: ret`);
  out.push('        .bss', 'buffer: .zero   4096', '');
  return out.join('\n');
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
/** Milliseconds of the processor that some work takes: other programs' share of the computer does not count. */
const timed = (work: () => void) => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};
const open = (text: string, n = 0) =>
  new Analysed(TextDocument.create(`file:///bench${n}.S`, 'riscv-asm', 1, text), view);
const whole = (text: string) => {
  const analysed = open(text);
  diagnosticsOf(analysed, defaults);
  hintsOf(analysed, defaults);
};

const text = source(LINES, 0);
const first = timed(() => whole(text));
for (let n = 0; n < 3; n++) whole(source(LINES, n));
const full = median(Array.from({ length: ROUNDS }, (_, n) => timed(() => whole(source(LINES, n)))));
// A keystroke: a digit more in an operand in the middle.
const middle = text.indexOf('li      s0, 100', text.length / 2) + 'li      s0, 1'.length;
const keystroke = median(
  Array.from({ length: ROUNDS }, (_, n) => {
    const changed = `${text.slice(0, middle)}${n % 10}${text.slice(middle)}`;
    return timed(() => diagnosticsOf(open(changed), defaults));
  }),
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
  `a file of ${LINES} lines, from nothing: ${full.toFixed(0)} ms (the first, before the code is warm: ${first.toFixed(0)} ms)`,
);
console.log(`diagnostics after a keystroke in it: ${keystroke.toFixed(0)} ms`);
console.log(`100 files of 300 lines, all analysed: ${(bytes / 2 ** 20).toFixed(0)} MiB (${kept.length})`);
