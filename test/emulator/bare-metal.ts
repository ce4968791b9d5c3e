/** Small programs in machine mode: assembled by GNU as, run to the end, then looked at. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadImage } from '../../emulator/boot.js';
import { type ElfFile, readElf } from '../../emulator/elf.js';
import { Machine, type MachineOptions } from '../../emulator/machine.js';
import { readSoc, type Soc } from '../../emulator/soc/soc.js';

/** What these tests need to be run. */
export const TOOLS = ['riscv64-linux-gnu-as', 'riscv64-linux-gnu-ld'] as const;

/** Assemble and link a program for the start of RAM. */
export function assemble(source: string): ElfFile {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-'));
  try {
    return assembleTo(source, join(folder, 't'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same, and the ELF file stays at `path`. */
export function assembleTo(source: string, path: string): ElfFile {
  const quiet = { stdio: 'pipe' } as const;
  writeFileSync(`${path}.s`, `.option norelax\n.option arch, +v\n.globl _start\n_start:\n${source}\n`);
  execFileSync('riscv64-linux-gnu-as', ['-march=rv64gc', '-o', `${path}.o`, `${path}.s`], quiet);
  const flags = ['-Ttext=0x80000000', '-N', '--no-relax'];
  execFileSync('riscv64-linux-gnu-ld', [...flags, '-o', path, `${path}.o`], quiet);
  return readElf(readFileSync(path), 't');
}

export function soc(description: Record<string, unknown> = {}): Soc {
  return readSoc({ harts: [{ isa: 'rv64gc_zicntr' }], memoryMiB: 16, ...description }, 'test.json');
}

export interface Bare {
  readonly machine: Machine;
  /** Address of a label. */
  label(name: string): bigint;
  /** The double-word at a label, plus an offset in double-words. */
  word(name: string, index?: number): bigint;
}

/** A program in memory, not started. */
export async function load(
  source: string | ElfFile,
  description?: Record<string, unknown>,
  options?: MachineOptions,
): Promise<Bare> {
  const elf = typeof source === 'string' ? assemble(source) : source;
  const machine = await Machine.create(soc(description), options);
  loadImage(machine.memory, elf, 'the program');
  machine.reset({ pc: elf.entry });
  const label = (name: string) => {
    const symbol = elf.symbols.find((each) => each.name === name);
    if (!symbol) throw new Error(`no label ${name}`);
    return symbol.value;
  };
  return {
    machine,
    label,
    word: (name, index = 0) =>
      new DataView(machine.memory.read(Number(label(name)) + 8 * index, 8).buffer).getBigUint64(0, true),
  };
}

/** End of a program: power off with the test finisher. */
export const END = `
  li t0, 0x100000
  li t1, 0x5555
  sw t1, 0(t0)
1:j 1b
`;

/** Run to power-off. */
export async function run(source: string, description?: Record<string, unknown>): Promise<Bare> {
  const bare = await load(source + END, description);
  const stop = bare.machine.run(1_000_000);
  if (stop.reason !== 'power')
    throw new Error(
      `stopped by ${stop.reason}, hart ${stop.hart} at 0x${bare.machine.harts[stop.hart]!.pc.toString(16)}`,
    );
  return bare;
}
