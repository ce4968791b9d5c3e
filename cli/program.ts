/** A program as the command line names it: an ELF file, or what is assembled and linked to one. */
import { existsSync } from 'node:fs';
import { isElf } from '../assembler/link/elf-object.js';
import { ET_REL } from '../emulator/elf.js';
import { InputError } from './command.js';
import { readInput } from './files.js';

/** The names that the assembler takes. */
export const isSource = (path: string) => /\.s$/i.test(path);

/** The ELF file of a program: assembled and linked from its files, or read. @throws InputError */
export async function programOf(paths: readonly string[]): Promise<Uint8Array> {
  const [first, second] = paths as [string, string | undefined];
  const data = readInput(first);
  const isLinked = !isSource(first) && isElf(data) && data[16] !== ET_REL;
  if (isLinked && second === undefined) return data;
  if (!isLinked) {
    // Loaded where it is needed: most runs are of what a compiler linked.
    const { assembleFiles, isOther } = await import('./assembled.js');
    if (!isOther(first, data) && (second === undefined || existsSync(second))) return assembleFiles(paths);
    if (second === undefined) return data;
  }
  throw new InputError(`what is ${JSON.stringify(second)}? The program's own arguments go after --`);
}
