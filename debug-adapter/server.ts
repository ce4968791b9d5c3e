/** Serving the debug adapter from a Node process: DAP over stdin and stdout, or over TCP on the loopback interface. */
import { createServer } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { framed, MessageReader } from './framing.js';
import type { Host } from './host.js';
import { nodeHost } from './node-host.js';
import { Session } from './session.js';

/** While so many bytes wait for a client that does not read them, the guest waits too. */
const MOST_UNREAD = 16 << 20;

/** A session over a pair of streams, until either is gone. */
export function connect(host: Host, input: Readable, output: Writable, over: () => void): void {
  let closing = false;
  const end = () => {
    if (closing) return;
    closing = true;
    session.close();
    over();
  };
  const patient: Host = {
    ...host,
    breathe: async () => {
      await host.breathe();
      while (output.writableLength > MOST_UNREAD && !closing) await new Promise((done) => setTimeout(done, 5));
    },
  };
  const session = new Session(
    patient,
    (message) => {
      if (!closing && output.writable) output.write(framed(message));
    },
    end,
  );
  const reader = new MessageReader();
  input.on('data', (bytes: Uint8Array) => {
    for (const incoming of reader.push(bytes)) {
      if ('message' in incoming) session.receive(incoming.message);
      else session.output(`harthop: a message could not be read: ${incoming.problem}\n`, 'important');
    }
    if (reader.broken) end();
  });
  // A client that vanished must not leave a machine behind.
  for (const event of ['end', 'close', 'error']) input.on(event, end);
  for (const event of ['close', 'error']) output.on(event, end);
}

/**
 * Serve the debug adapter until its clients are gone.
 * @param port listen there on 127.0.0.1 (0: any free one, told on stderr); undefined: stdin and stdout
 */
export async function serve(port?: number, root?: string): Promise<void> {
  const host = await nodeHost(root);
  // Nothing that a client or guest does may end the adapter; what gets here is a fault of ours, and told as such.
  process.on('uncaughtException', (error) => process.stderr.write(`harthop dap: ${error.stack}\n`));
  process.on('unhandledRejection', (error) => process.stderr.write(`harthop dap: ${error}\n`));
  if (port === undefined) {
    await new Promise<void>((done) => {
      connect(host, process.stdin, process.stdout, done);
    });
    // What was written last must get out.
    await new Promise<void>((done) => process.stdout.write('', () => done()));
    process.exit(0);
  }
  await new Promise<void>((_, failed) => {
    const server = createServer((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      connect(host, socket, socket, () => socket.end());
    });
    server.on('error', failed);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      process.stderr.write(
        `harthop dap: listening on 127.0.0.1:${typeof address === 'object' ? address?.port : port}\n`,
      );
    });
  });
}
