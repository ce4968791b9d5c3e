/** Programs that forecasts are held against what happens: our examples, hand-written ones, and C as Clang compiles it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from '../../assembler/assemble.js';

export interface CorpusProgram {
  readonly name: string;
  /** What must be installed to make it. */
  readonly tools: readonly string[];
  sources(): readonly Source[];
}

const folder = 'test/language-server/corpus';
const compiler = 'clang-19';
const target = ['--target=riscv64-linux-gnu', '-march=rv64gcv', '-mabi=lp64d', '-mcmodel=medany', '-fno-pic'];
const freestanding = ['-ffreestanding', '-fno-builtin', '-fno-asynchronous-unwind-tables', '-w', '-S'];
/** Ways to compile every C program. */
const levels: readonly (readonly string[])[] = [['-O1'], ['-O2'], ['-O3'], ['-Os']];
/** Our examples that are for chips with vectors. */
const examples = ['daxpy', 'dgemm', 'faults', 'hwprobe', 'pingpong', 'threads'];

const read = (path: string): Source => ({ name: path, text: readFileSync(path, 'utf8') });

function compile(source: string, options: readonly string[]): string {
  const out = mkdtempSync(join(tmpdir(), 'harthop-corpus-'));
  try {
    const file = join(out, 'program.s');
    const { status, stderr, error } = spawnSync(compiler, [...target, ...freestanding, ...options, source, '-o', file]);
    if (error || status !== 0) throw error ?? new Error(`${compiler} ${source}: ${stderr}`);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(out, { recursive: true });
  }
}

export const corpus: readonly CorpusProgram[] = [
  ...examples.map((name) => ({ name, tools: [], sources: () => [read(`examples/${name}.S`)] })),
  ...readdirSync(folder)
    .filter((file) => file.endsWith('.S') && file !== 'start.S')
    .map((file) => ({ name: file.replace('.S', ''), tools: [], sources: () => [read(`${folder}/${file}`)] })),
  ...readdirSync(folder)
    .filter((file) => file.endsWith('.c'))
    .flatMap((file) =>
      levels.map((options) => {
        const name = `${file.replace('.c', '')} ${options.join(' ')}`;
        const sources = () => [
          read(`${folder}/start.S`),
          { name: `${name}.s`, text: compile(`${folder}/${file}`, options) },
        ];
        return { name, tools: [compiler], sources };
      }),
    ),
];
