/** The debug session's surroundings in a Node process. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from './host.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
};

/** The folder that holds `images/`: above this file, in the sources as in the package. */
async function findRoot(): Promise<string> {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (await stat(join(folder, 'images', 'firmware.elf')).then(Boolean, () => false)) return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
}

/** @param root the folder with `images/`, and the sources of firmware and kernel where they are installed */
export async function nodeHost(root?: string): Promise<Host> {
  const sourceRoot = root ?? (await findRoot());
  const read = async (path: string): Promise<Uint8Array> => {
    try {
      return await readFile(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      throw new Error(`${path} can't be read: ${reasons[code] ?? (error as Error).message}`);
    }
  };
  return {
    sourceRoot,
    readFile: read,
    absolute: (path) => resolve(path),
    exists: (path) =>
      stat(path).then(
        (found) => found.isFile(),
        () => false,
      ),
    image: async (role) => {
      const path = join(sourceRoot, 'images', `${role}.elf`);
      return { path, data: await read(path) };
    },
    breathe: () => new Promise((done) => setImmediate(done)),
    now: () => performance.now(),
  };
}
