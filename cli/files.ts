/** Files as the commands read and write them: what can't be done is bad input, told in one line. */
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type ElfFile, readElf } from '../emulator/elf.js';

import { isLinuxImage, readLinuxImage } from '../emulator/linux-image.js';
import { RAM_BASE } from '../emulator/machine.js';
import { socNamed } from '../emulator/soc/presets.js';
import { parseSoc, type Soc, SocError } from '../emulator/soc/soc.js';
import { InputError } from './command.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder',
  EACCES: 'permission denied',
  ENOTDIR: 'a part of its path is no folder',
  ENOSPC: 'no space is left',
};

const reason = (error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message;
};

/** @throws InputError */
export function readInput(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new InputError(`${path}: ${reason(error)}`);
  }
}

/**
 * @param executable may the file be run? Other emulators ask for that
 * @throws InputError
 */
export function writeOutput(path: string, data: string | Uint8Array, executable = false): void {
  try {
    writeFileSync(path, data, { mode: executable ? 0o777 : 0o666 });
  } catch (error) {
    throw new InputError(`${path} can't be written: ${reason(error)}`);
  }
}

/** Write a file piece by piece: one that is longer than a string can be. @throws InputError */
export function writePieces(path: string, pieces: Iterable<string>): void {
  const ENOUGH = 1 << 20;
  try {
    const file = openSync(path, 'w');
    let buffer = '';
    for (const piece of pieces) {
      buffer += piece;
      if (buffer.length < ENOUGH) continue;
      writeFileSync(file, buffer);
      buffer = '';
    }
    writeFileSync(file, buffer);
    closeSync(file);
  } catch (error) {
    throw new InputError(`${path} can't be written: ${reason(error)}`);
  }
}

/** @throws InputError that says what the file is instead */
export function elfOf(bytes: Uint8Array, path: string): ElfFile {
  try {
    return readElf(bytes, path);
  } catch (error) {
    throw new InputError((error as Error).message);
  }
}

export const readElfFile = (path: string): ElfFile => elfOf(readInput(path), path);

/** A kernel: an ELF file, or a Linux `Image` as distributions ship it, which may be compressed. @throws InputError */
export function readKernelFile(path: string): ElfFile {
  const bytes = unpacked(readInput(path), path);
  try {
    return isLinuxImage(bytes) ? readLinuxImage(bytes, path, RAM_BASE) : readElf(bytes, path);
  } catch (error) {
    throw new InputError((error as Error).message);
  }
}

function unpacked(bytes: Uint8Array, path: string): Uint8Array {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return isGzip ? new Uint8Array(gunzipSync(bytes)) : bytes;
  } catch (error) {
    throw new InputError(`${path} is damaged: ${(error as Error).message}`);
  }
}

/** One of the images that come with HartHop; they lie beside this folder as they do beside the bundled command's. */
export const ownImage = (name: 'firmware' | 'kernel'): ElfFile => readElfFile(ownImagePath(name));
export const ownImagePath = (name: 'firmware' | 'kernel'): string =>
  fileURLToPath(new URL(`../images/${name}.elf`, import.meta.url));

/** A SoC by name, or a description's file (whatever holds a dot or a slash). @throws InputError */
export function socOf(nameOrFile: string): Soc {
  try {
    if (!/[./\\]/.test(nameOrFile)) return socNamed(nameOrFile);
    return parseSoc(new TextDecoder().decode(readInput(nameOrFile)), nameOrFile);
  } catch (error) {
    if (error instanceof SocError) throw new InputError(error.message);
    throw error;
  }
}
