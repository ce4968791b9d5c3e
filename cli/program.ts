/** A program as the command line names it: assembled and linked, where it is source or objects. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type AssembleOptions,
  assemble,
  type Binary,
  formatDiagnostic,
  isLinkable,
  type Source,
} from '../assembler/assemble.js';
import { ET_REL } from '../emulator/elf.js';
import { resolvePath } from '../assembler/path.js';
import { InputError } from './command.js';
import { readInput } from './files.js';

/** The names that the assembler takes. */
export const isSource = (path: string) => /\.s$/i.test(path);

/** Bytes of an included file: its path is taken from the folder of the file that names it. */
function includeBytes(path: string, from: string): Uint8Array | undefined {
  try {
    return readFileSync(resolvePath(path, from));
  } catch {
    return undefined;
  }
}
function include(path: string, from: string): string | undefined {
  const bytes = includeBytes(path, from);
  return bytes && new TextDecoder().decode(bytes);
}

/** A file to assemble or to link: an object or an archive by its first bytes; else its name must be a source's, unless it is text. */
function inputOf(path: string): Source | Binary {
  const data = readInput(path);
  const binary = isLinkable(data) || (!isSource(path) && data.includes(0));
  return binary ? { name: path, data } : { name: path, text: new TextDecoder().decode(data) };
}

/**
 * Assemble source files and link them with objects and archives; warnings go to stderr.
 * @returns an ELF executable
 * @throws InputError with every mistake, one a line
 */
export function assembleFiles(paths: readonly string[], options: AssembleOptions = {}): Uint8Array {
  const { elf, diagnostics } = assemble(paths.map(inputOf), {
    include,
    includeBytes,
    directory: resolve('.'),
    ...options,
  });
  const lines = diagnostics.map(formatDiagnostic);
  if (!elf) throw new InputError(lines.join('\n'));
  for (const line of lines) process.stderr.write(`${line}\n`);
  return elf;
}

/** A linked program, or whatever else is neither source nor something to link. */
const isProgram = (path: string, data: Uint8Array) =>
  !isSource(path) && (!isLinkable(data) || (data[0] === 0x7f && data[16] !== ET_REL));

/** The ELF file of a program: assembled and linked from its files, or read. @throws InputError */
export function programOf(paths: readonly string[]): Uint8Array {
  const [first, second] = paths as [string, string | undefined];
  const data = readInput(first);
  if (!isProgram(first, data)) {
    if (second === undefined || existsSync(second)) return assembleFiles(paths);
  } else if (second === undefined) return data;
  throw new InputError(`what is ${JSON.stringify(second)}? The program's own arguments go after --`);
}
