/** The language server in a process of its own: over stdin and stdout. */
import { readFileSync } from 'node:fs';
import { createConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node.js';
import { type Host, Server } from './server.js';

/** Serve one client until it is gone. @param chip finds a chip by the name or path that the client's settings give */
export function serve(chip: Host['chip'], input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void> {
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
