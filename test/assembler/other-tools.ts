/** The other assemblers and disassemblers that ours is compared with. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extensions } from '../../isa/table.js';
import { trixie } from '../tools.js';

/** Run with a folder that is gone afterwards. */
export function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-assembler-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function run(tool: string, args: readonly string[]): { ok: boolean; out: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return { ok: status === 0, out: stdout ?? '', errors: stderr ?? `${tool} could not be run` };
}

/** What another assembler made of each line: all bytes of the lines it took, and its complaints about the others. */
export interface Foreign {
  readonly bytes: Uint8Array;
  /** By index of the line. */
  readonly refused: ReadonlyMap<number, string>;
}

export interface OtherAssembler {
  readonly name: string;
  readonly tools: readonly string[];
  command(input: string, output: string): [tool: string, args: string[]];
  readonly objcopy: string;
  readonly objdump: string;
  /** objdump's options, for all that it knows. */
  readonly disassemble: readonly string[];
  /** Extensions that it does not know, being older. */
  readonly lacks: ReadonlySet<string>;
  /** What it knows, as an ISA string. */
  readonly arch: string;
}

/** Extensions of the table without our own, but for those given. */
const known = (lacks: ReadonlySet<string>) =>
  extensions
    .map(({ name }) => name)
    .filter((name) => /^[ZS]/.test(name) && !lacks.has(name))
    .map((name) => name.toLowerCase());

function gnuTools(version: string, prefix: string, lacking: string): OtherAssembler {
  const lacks = new Set(lacking.split(' '));
  const arch = ['rv64gcv', ...known(lacks)].join('_');
  return {
    name: `GNU as ${version}`,
    tools: ['as', 'objcopy', 'objdump'].map((tool) => `${prefix}${tool}`),
    command: (input, output) => [`${prefix}as`, [`-march=${arch}`, '-mno-relax', '-o', output, input]],
    objcopy: `${prefix}objcopy`,
    objdump: `${prefix}objdump`,
    disassemble: ['-d', '-z'],
    lacks,
    arch,
  };
}

export const gnu = gnuTools(
  '2.40',
  'riscv64-linux-gnu-',
  'Zalrsc Zaamo Zacas Zabha Zfbfmin Zfa Zicntr Zihintntl Zimop Zicond Zca Zcd Zcmop Zcb Zvfhmin Zvfh Zvfbfmin Zvfbfwma Zvkb ' +
    'Zvbb Zvbc Zvkg Zvkned Zvknha Zvknhb Zvksed Zvksh',
);

export const gnu244 = gnuTools('2.44', trixie('riscv64-unknown-elf-'), '');

const llvmLacks = new Set<string>();
const attributes = ['m', 'a', 'f', 'd', 'c', 'v', ...known(llvmLacks)]
  .map((name) => `+${name === 'zacas' ? 'experimental-' : ''}${name}`)
  .join(',');

export const llvm: OtherAssembler = {
  name: 'LLVM 19',
  tools: ['llvm-mc-19', 'llvm-objcopy-19', 'llvm-objdump-19'],
  command: (input, output) => [
    'llvm-mc-19',
    ['-triple=riscv64', `-mattr=${attributes}`, '-filetype=obj', '-o', output, input],
  ],
  objcopy: 'llvm-objcopy-19',
  objdump: 'llvm-objdump-19',
  disassemble: ['-d', '-z', `--mattr=${attributes}`],
  lacks: llvmLacks,
  // Of what is experimental the attributes of a file say nothing.
  arch: 'rv64gcv',
};

/** The bytes of one section of a source, as another assembler makes them. @throws with its complaints */
export function sectionBytes(assembler: OtherAssembler, source: string, section = '.text'): Uint8Array {
  return inFolder((folder) => {
    const [input, object, raw] = ['in.s', 'out.o', 'out.bin'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(input, source);
    const [tool, args] = assembler.command(input, object);
    const made = run(tool, args);
    if (!made.ok) throw new Error(made.errors);
    const flags = ['--set-section-flags', `${section}=alloc,load,contents`];
    const copied = run(assembler.objcopy, ['-O', 'binary', '-j', section, ...flags, object, raw]);
    if (!copied.ok) throw new Error(copied.errors);
    return new Uint8Array(readFileSync(raw));
  });
}

/** Assemble lines one by one, as it were: those that are refused are left out. */
export function assembleLines(
  assembler: OtherAssembler,
  prologue: readonly string[],
  lines: readonly string[],
): Foreign {
  const refused = new Map<number, string>();
  for (;;) {
    const source = [...prologue, ...lines.map((line, i) => (refused.has(i) ? '' : line)), ''].join('\n');
    try {
      return { bytes: sectionBytes(assembler, source), refused };
    } catch (error) {
      const before = refused.size;
      for (const [, line, message] of String(error).matchAll(/:(\d+):(?:\d+:)? (?:[Ee]rror|fatal error): (.*)/g))
        refused.set(Number(line) - 1 - prologue.length, message!);
      if (refused.size === before) throw error;
    }
  }
}

/** The text of each instruction of an executable, by address; branch targets as addresses. */
export function disassembleFile(tool: string, args: readonly string[], elf: Uint8Array): Map<number, string> {
  return inFolder((folder) => {
    const file = join(folder, 'in.elf');
    writeFileSync(file, elf);
    const { out } = run(tool, [...args, file]);
    const found = new Map<number, string>();
    for (const [, address, text] of out.matchAll(/^ *([0-9a-f]+):\s+(?:[0-9a-f]{2,8} ?)+\s+(\S.*)$/gm))
      found.set(Number.parseInt(address!, 16), text!.replace(/\s*(<.*>|#.*|\/\/.*)\s*$/, '').replace(/\s+/g, ' '));
    return found;
  });
}
