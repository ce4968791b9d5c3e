/** The other assemblers and disassemblers that ours is compared with. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
}

export const gnu: OtherAssembler = {
  name: 'GNU as',
  tools: ['riscv64-linux-gnu-as', 'riscv64-linux-gnu-objcopy'],
  command: (input, output) => ['riscv64-linux-gnu-as', ['-march=rv64gcv_svinval', '-mno-relax', '-o', output, input]],
  objcopy: 'riscv64-linux-gnu-objcopy',
};

export const llvm: OtherAssembler = {
  name: 'llvm-mc',
  tools: ['llvm-mc-19', 'llvm-objcopy-19'],
  command: (input, output) => [
    'llvm-mc-19',
    ['-triple=riscv64', '-mattr=+m,+a,+f,+d,+c,+v,+zicsr,+zifencei,+svinval', '-filetype=obj', '-o', output, input],
  ],
  objcopy: 'llvm-objcopy-19',
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
