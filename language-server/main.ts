/** The language server in a process of its own: over stdin and stdout. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { glob } from 'tinyglobby';
import { createConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node.js';
import type { BuildFiles } from './built/builds.js';
import { type Host, Server } from './server.js';

/** What the command gives the server of the floors above it. */
export interface Given {
  /** Finds a chip by the name or path that the client's settings give. @throws Error saying why not */
  chip: Host['chip'];
  readBuilt: BuildFiles['read'];
}

/** Serve one client until it is gone. */
export function serve(
  { chip, readBuilt }: Given,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<void> {
  const connection = createConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  new Server(connection, {
    chip,
    readFile(path) {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return undefined;
      }
    },
    beside(path) {
      const folder = dirname(path);
      try {
        return readdirSync(folder).flatMap((name) => (/\.(?:[sS]|asm)$/.test(name) ? [join(folder, name)] : []));
      } catch {
        return [];
      }
    },
    builds: {
      find: (patterns, root) =>
        patterns.length
          ? glob([...patterns], { absolute: true, dot: true, ...(root !== undefined && { cwd: root }) })
          : Promise.resolve([]),
      modified(path) {
        return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
      },
      now: Date.now,
      read: readBuilt,
    },
    later(milliseconds, then) {
      const timer = setTimeout(then, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  connection.listen();
  return new Promise((resolve) => {
    input.on('close', resolve);
    input.on('end', resolve);
  });
}
