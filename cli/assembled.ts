/** Sources, objects and archives of the command line, assembled and linked. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type AssembleOptions,
  assemble,
  type Binary,
  formatDiagnostic,
  isLinkable,
  type Source,
} from '../assembler/assemble.js';
import { resolvePath } from '../assembler/path.js';
import { InputError } from './command.js';
import { readInput } from './files.js';
import { isSource } from './program.js';

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

/** What no linker reads. */
export const isOther = (path: string, data: Uint8Array) => !isSource(path) && !isLinkable(data);
