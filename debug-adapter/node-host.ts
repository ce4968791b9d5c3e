/** The debug session's surroundings in a Node process. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ByteSource } from '../emulator/byte-source.js';
import type { Host } from './host.js';
import { paged } from './paged.js';

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

const unreadable = (path: string, error: unknown) => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new Error(`${path} can't be read: ${reasons[code] ?? (error as Error).message}`);
};

/** Closes a file once nobody holds its source any more. */
const closer = new FinalizationRegistry((descriptor: number) => closeSync(descriptor));

function open(path: string): ByteSource {
  const descriptor = openSync(path, 'r');
  const status = fstatSync(descriptor);
  if (!status.isFile()) {
    closeSync(descriptor);
    throw Object.assign(new Error('it is no file'), { code: status.isDirectory() ? 'EISDIR' : '' });
  }
  const source = paged({
    size: status.size,
    read(offset, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const read = readSync(descriptor, bytes, done, length - done, offset + done);
        if (read === 0) throw new Error(`${path} became shorter while it was read`);
        done += read;
      }
      return bytes;
    },
  });
  closer.register(source, descriptor);
  return source;
}

/** @param root the folder with `images/`, and the sources of firmware and kernel where they are installed */
export async function nodeHost(root?: string): Promise<Host> {
  const sourceRoot = root ?? (await findRoot());
  const read = async (path: string): Promise<Uint8Array> => {
    try {
      return await readFile(path);
    } catch (error) {
      throw unreadable(path, error);
    }
  };
  const { version } = JSON.parse(await readFile(join(sourceRoot, 'package.json'), 'utf8').catch(() => '{}'));
  return {
    version: String(version ?? '(of unknown version)'),
    sourceRoot,
    readFile: read,
    openFile: async (path) => {
      try {
        return open(path);
      } catch (error) {
        throw unreadable(path, error);
      }
    },
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
    idle: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    now: () => performance.now(),
  };
}
