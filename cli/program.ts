/** A program as the command line names it: assembled, where it is source. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AssembleOptions, assemble, formatDiagnostic } from '../assembler/assemble.js';
import { resolvePath } from '../assembler/path.js';
import { InputError } from './command.js';
import { readInput } from './files.js';

/** The names that the assembler takes. */
export const isSource = (path: string) => /\.s$/i.test(path);

/** Text of an included file: its path is taken from the folder of the file that names it. */
function include(path: string, from: string): string | undefined {
  try {
    return readFileSync(resolvePath(path, from), 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Assemble and link source files; warnings go to stderr.
 * @returns an ELF executable
 * @throws InputError with every mistake, one a line
 */
export function assembleFiles(paths: readonly string[], options: AssembleOptions = {}): Uint8Array {
  const sources = paths.map((path) => ({ name: path, text: new TextDecoder().decode(readInput(path)) }));
  const { elf, diagnostics } = assemble(sources, { include, directory: resolve('.'), ...options });
  const lines = diagnostics.map(formatDiagnostic);
  if (!elf) throw new InputError(lines.join('\n'));
  for (const line of lines) process.stderr.write(`${line}\n`);
  return elf;
}

/** The ELF file of a program: assembled from a .S or .s file, or read. @throws InputError */
export const programOf = (path: string): Uint8Array => (isSource(path) ? assembleFiles([path]) : readInput(path));
