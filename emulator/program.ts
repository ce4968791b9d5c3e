/** Can a kernel make a process of an ELF file? Asked before a machine is built, so that the answer names the file. */
import { type ElfFile, ET_DYN, ET_EXEC } from './elf.js';

/** A program that can't be run. */
export class ProgramError extends Error {}

/** End of the user half of an Sv39 address space. */
const USER_END = 1n << 38n;

const others: Readonly<Record<number, string>> = { 1: 'an object file: link it first, with -static', 4: 'a core dump' };

/** @throws ProgramError that says what the file is instead; `name` is used in its message */
export function checkProgram(elf: ElfFile, name: string): void {
  const fail = (message: string): never => {
    throw new ProgramError(`${name} ${message}`);
  };
  const hex = (n: bigint) => `0x${n.toString(16)}`;
  if (elf.type !== ET_EXEC && elf.type !== ET_DYN)
    fail(`is ${others[elf.type] ?? `no program (ELF type ${elf.type})`}`);
  if (elf.dynamic) fail('is dynamically linked, and there is no dynamic linker here: link it with -static');
  if (!elf.segments.some(({ size }) => size > 0n)) fail('has nothing to load: no segment with bytes in it');
  for (const { va, size, data } of elf.segments) {
    if (BigInt(data.length) > size) fail(`is damaged: the segment at ${hex(va)} has more bytes than room`);
    if (va + size > USER_END) {
      fail(`wants memory at ${hex(va)}..${hex(va + size)}; a program's addresses lie below ${hex(USER_END)}`);
    }
  }
  const { entry } = elf;
  if (!elf.segments.some(({ va, size, executable }) => executable && entry >= va && entry < va + size)) {
    fail(`starts at ${hex(entry)}, which lies in none of its executable segments`);
  }
}
