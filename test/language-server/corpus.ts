/** Programs that forecasts are held against what happens: our examples, hand-written ones, and C as Clang and GCC compile it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from '../../assembler/assemble.js';
import { trixieCompiler } from '../tools.js';

export interface CorpusProgram {
  readonly name: string;
  /** What must be installed to make it. */
  readonly tools: readonly string[];
  sources(): readonly Source[];
}

const folder = 'test/language-server/corpus';
const machine = ['-march=rv64gcv', '-mabi=lp64d', '-mcmodel=medany', '-fno-pic'];
const freestanding = ['-ffreestanding', '-fno-builtin', '-fno-asynchronous-unwind-tables', '-w'];

/** A compiler, and the ways in which it compiles every C program. */
interface Compiler {
  readonly tool: string;
  readonly options: readonly string[];
  readonly levels: readonly string[];
  /** What its programs are called besides. */
  readonly mark: string;
}
const compilers: readonly Compiler[] = [
  {
    tool: 'clang-19',
    options: ['--target=riscv64-linux-gnu', ...machine, ...freestanding, '-S'],
    levels: ['-O1', '-O2', '-O3', '-Os'],
    mark: '',
  },
  {
    tool: trixieCompiler,
    options: ['-quiet', ...machine, ...freestanding],
    levels: ['-O2', '-O3'],
    mark: 'GCC ',
  },
];
/** What must be installed to make all of them. */
export const corpusTools = compilers.map(({ tool }) => tool);
/** Our examples that are for chips with vectors. */
const examples = ['daxpy', 'dgemm', 'faults', 'hwprobe', 'pingpong', 'threads'];

const read = (path: string): Source => ({ name: path, text: readFileSync(path, 'utf8') });

function compile({ tool, options }: Compiler, source: string, level: string): string {
  const out = mkdtempSync(join(tmpdir(), 'harthop-corpus-'));
  try {
    const file = join(out, 'program.s');
    const { status, stderr, error } = spawnSync(tool, [...options, level, source, '-o', file]);
    if (error || status !== 0) throw error ?? new Error(`${tool} ${source}: ${stderr}`);
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
      compilers.flatMap((compiler) =>
        compiler.levels.map((level) => {
          const name = `${file.replace('.c', '')} ${compiler.mark}${level}`;
          const sources = () => [
            read(`${folder}/start.S`),
            { name: `${name}.s`, text: compile(compiler, `${folder}/${file}`, level) },
          ];
          return { name, tools: [compiler.tool], sources };
        }),
      ),
    ),
];
