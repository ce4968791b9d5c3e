/** Serving the debug adapter from a Node process: DAP over stdin and stdout, or over TCP on the loopback interface. */
import { createServer } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { ProtocolServer } from '@vscode/debugadapter/lib/protocol.js';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { Host } from './host.js';
import { nodeHost } from './node-host.js';
import { Session } from './session.js';

/** A message longer than this ends the conversation: it is none. */
const LONGEST_MESSAGE = 64 << 20;

/** While so many bytes wait for a client that does not read them, the guest waits too. */
const MOST_UNREAD = 16 << 20;

/** DAP's framing around a session. */
class Connection extends ProtocolServer {
  readonly session: Session;

  constructor(host: Host, input: Readable, output: Writable, over: () => void) {
    super();
    let closing = false;
    const end = () => {
      if (closing) return;
      closing = true;
      this.session.close();
      over();
    };
    const patient: Host = {
      ...host,
      breathe: async () => {
        await host.breathe();
        while (output.writableLength > MOST_UNREAD && !closing) await new Promise((done) => setTimeout(done, 5));
      },
    };
    this.session = new Session(
      patient,
      (message) => {
        const { type, seq: _, ...rest } = message as P.ProtocolMessage & { seq: number };
        if (type === 'event') this.sendEvent({ seq: 0, ...rest } as P.Event);
        else this.sendResponse({ seq: 0, ...rest } as P.Response);
      },
      end,
    );
    // A client that vanished must not leave a machine behind.
    input.on('end', end);
    this.on('close', end);
    this.on('error', (event: P.Event) => {
      const text = String(event.body ?? 'the connection failed');
      if (/Stream error/.test(text)) end();
      else this.session.output(`harthop: a message could not be read: ${text}\n`, 'important');
    });
    this.start(input, output);
    // After the framing's own listener, so that it has seen the same bytes.
    input.on('data', () => {
      const waiting: Uint8Array = this['_rawData' as never];
      if (Number(this['_contentLength' as never]) > LONGEST_MESSAGE || waiting.length > LONGEST_MESSAGE) end();
    });
  }

  override handleMessage(message: P.ProtocolMessage): void {
    this.session.receive(message);
  }
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
      new Connection(host, process.stdin, process.stdout, done);
    });
    // What was written last must get out.
    await new Promise<void>((done) => process.stdout.write('', () => done()));
    process.exit(0);
  }
  await new Promise<void>((_, failed) => {
    const server = createServer((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      new Connection(host, socket, socket, () => socket.end());
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
