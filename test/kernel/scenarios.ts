/** What every board must show: a program, its console and its exit status. */
import { readFileSync } from 'node:fs';
import type { Run } from './boards.js';
import { compiled, example } from './programs.js';

export interface Scenario extends Run {
  readonly name: string;
  /** The number of harts makes no difference: one SoC will do. */
  readonly anySoc?: boolean;
  readonly expected: { readonly console: string | RegExp; readonly status: number };
}

const SIGNAL = 128;
const [ILL, TRAP, ABRT, KILL, SEGV, TERM] = [4, 5, 6, 9, 11, 15];

const examples: Scenario[] = ['daxpy', 'dgemm', 'pingpong', 'threads', 'faults'].map((name) => ({
  name: `examples/${name}.S`,
  program: example(name),
  expected: { console: readFileSync(`examples/expected/${name}.txt`, 'utf8'), status: 0 },
}));

const c = (name: string, status: number, more: Partial<Run> = {}): Scenario => ({
  name: `${name}.c`,
  program: compiled(name),
  expected: { console: readFileSync(`test/programs/expected/${name}.txt`, 'utf8'), status },
  ...more,
});

const deaths = compiled('deaths');
const death = (how: string, status: number): Scenario => ({
  name: `a program ends by ${how}`,
  anySoc: true,
  program: deaths,
  args: [how],
  expected: { console: `${how}\n`, status },
});

const lines = Array.from({ length: 60 }, (_, n) => `line ${n} of a long input\n`).join('');

export const scenarios: readonly Scenario[] = [
  ...examples,
  c('vector-sum', 0, { args: ['one', 'two words'] }),
  c('pthreads', 0),
  c('signals', SIGNAL + TERM),
  c('memory', 0),
  c('pages', 0),
  c('calls', 0, { args: ['a', '', 'b c'] }),
  c('crowd', 5),
  c('unmap', 0),
  c('wander', 0),
  c('processes', 3),
  c('pipes', 4),
  c('echo', 20, { input: 'hello, hart\nno more\n\x04\x04' }),
  {
    name: 'more input than any buffer holds',
    program: compiled('echo'),
    input: `${lines}\x04`,
    expected: { console: `ready\n${lines.toUpperCase()}`, status: lines.length & 0xff },
  },
  death('status', 300 & 0xff),
  death('illegal', SIGNAL + ILL),
  death('compressed-illegal', SIGNAL + ILL),
  death('illegal-csr', SIGNAL + ILL),
  death('vector-illegal', SIGNAL + ILL),
  death('segv-read', SIGNAL + SEGV),
  death('segv-write', SIGNAL + SEGV),
  death('segv-jump', SIGNAL + SEGV),
  death('segv-vector', SIGNAL + SEGV),
  death('segv-kernel', SIGNAL + SEGV),
  death('trap', SIGNAL + TRAP),
  death('abort', SIGNAL + ABRT),
  death('kill', SIGNAL + KILL),
  death('term', SIGNAL + TERM),
  death('after-vector', SIGNAL + TERM),
  death('other-thread', 9),
  death('stack', SIGNAL + SEGV),
  {
    name: 'the first thread ends first',
    program: deaths,
    args: ['main-first'],
    expected: { console: 'main-first\nlast\n', status: 0 },
  },
  {
    name: 'a program ends by using all memory',
    anySoc: true,
    program: deaths,
    args: ['memory'],
    expected: { console: 'memory\nharthop kernel: no memory left for task 1\n', status: SIGNAL + KILL },
  },
  {
    name: 'random-calls.c',
    program: compiled('random-calls'),
    args: ['1'],
    expected: { console: /unknown/, status: 0 },
  },
];
