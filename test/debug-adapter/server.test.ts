/** The adapter as a process: TCP, clients that vanish, bytes that are no messages, a guest that never ends. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { adapter, replay, root, stdioClient } from './conversation.js';
import { fromSources } from '../tools.js';

let server: ChildProcess;
let port = 0;

before(async () => {
  server = spawn(process.execPath, [...fromSources, adapter, '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  port = await new Promise<number>((found, failed) => {
    let text = '';
    server.once('exit', () => failed(new Error(`the adapter ended: ${text}`)));
    server.stderr!.on('data', (data: Buffer) => {
      text += data;
      const [, number] = /127\.0\.0\.1:(\d+)/.exec(text) ?? [];
      if (number) found(Number(number));
    });
  });
});
after(() => server.kill());

/** A client of bare messages, for what the proper client refuses to send. */
class Raw {
  private text = Buffer.alloc(0);
  readonly messages: P.ProtocolMessage[] = [];
  readonly closed: Promise<void>;
  private sequence = 1;

  private constructor(private readonly socket: Socket) {
    this.closed = new Promise((done) => socket.once('close', () => done()));
    socket.on('error', () => {});
    socket.on('data', (data) => {
      this.text = Buffer.concat([this.text, data]);
      for (;;) {
        const [header, digits] = /Content-Length: (\d+)\r\n\r\n/.exec(this.text.toString('latin1')) ?? [];
        if (!header || this.text.length < header.length + Number(digits)) return;
        this.messages.push(JSON.parse(this.text.toString('utf8', header.length, header.length + Number(digits))));
        this.text = this.text.subarray(header.length + Number(digits));
      }
    });
  }

  static async open(): Promise<Raw> {
    const socket = connect(port, '127.0.0.1');
    await new Promise((done) => socket.once('connect', done));
    return new Raw(socket);
  }

  write(text: string) {
    this.socket.write(text);
  }
  message(text: string) {
    this.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }
  destroy() {
    this.socket.destroy();
  }

  async until<T extends P.ProtocolMessage>(matches: (message: P.ProtocolMessage) => boolean): Promise<T> {
    const end = Date.now() + 20_000;
    for (;;) {
      const found = this.messages.find(matches);
      if (found) return found as T;
      if (Date.now() > end) throw new Error(`not among ${JSON.stringify(this.messages.slice(-5))}`);
      await new Promise((done) => setTimeout(done, 5));
    }
  }
  async request(command: string, args?: unknown): Promise<P.Response> {
    const seq = this.sequence++;
    this.message(JSON.stringify({ seq, type: 'request', command, arguments: args }));
    return this.until<P.Response>((each) => (each as P.Response).request_seq === seq && each.type === 'response');
  }
  event(name: string): Promise<P.Event> {
    return this.until((each) => each.type === 'event' && (each as P.Event).event === name);
  }
}

/** Launch a program and let it run. */
async function running(program: string, more: object = {}): Promise<Raw> {
  const client = await Raw.open();
  await client.request('initialize', { adapterID: 'harthop' });
  const launched = await client.request('launch', {
    program: `${root}test/debug-adapter/programs/${program}`,
    ...more,
  });
  assert.ok(launched.success, launched.message);
  await client.request('configurationDone');
  return client;
}

test('the same conversation over TCP as over stdio', { timeout: 60_000 }, async () => {
  const { got, recorded } = await replay('stepping', stdioClient(), port);
  assert.equal(got, recorded);
});

test('bytes that are no messages are told, and the conversation goes on', { timeout: 60_000 }, async () => {
  const client = await Raw.open();
  for (const text of [
    '{',
    '7',
    'null',
    '"text"',
    '[]',
    '{}',
    '{"type":"request"}',
    '{"type":"request","command":5,"seq":"x"}',
    '{"type":"response","request_seq":3}',
  ])
    client.message(text);
  client.write('Content-Length: nonsense\r\n\r\n');
  const { success } = await client.request('initialize', { adapterID: 'harthop' });
  assert.ok(success);
  const told = client.messages.filter((each) => (each as P.Event).event === 'output');
  assert.equal(told.length, 2, 'the text that is no JSON, and the length that is none');
  const refused = client.messages.filter((each) => each.type === 'response' && !(each as P.Response).success);
  assert.equal(refused.length, 2, 'the requests without a command or a number');
  client.destroy();
});

test('a message that claims to be endless ends the conversation, and only that one', { timeout: 60_000 }, async () => {
  const client = await Raw.open();
  client.write('Content-Length: 99999999999\r\n\r\n{');
  await client.closed;
  const other = await Raw.open();
  assert.ok((await other.request('initialize', { adapterID: 'harthop' })).success);
  other.destroy();
});

test('arguments of any kind are answered', { timeout: 60_000 }, async () => {
  const client = await running('forever.S');
  await client.request('pause', { threadId: 1 });
  await client.event('stopped');
  const { requests } = await import('../../debug-adapter/requests/index.js');
  const ending = new Set(['disconnect', 'terminate', 'restart', 'initialize', 'launch']);
  const strange: unknown[] = [
    undefined,
    null,
    7,
    'text',
    [],
    {},
    { threadId: {} },
    { threadId: 1e308, frameId: -1, variablesReference: 2 ** 60 },
    { source: { path: '\0' }, breakpoints: [null] },
    { memoryReference: '0xffffffffffffffff', count: 1e15, instructionCount: 9999, offset: 2 ** 52 },
    { expression: '('.repeat(3000), frameId: 'x' },
    { __proto__: null, constructor: 1, filters: 7 },
  ];
  for (const command of Object.keys(requests))
    for (const args of ending.has(command) ? [] : strange) {
      const answer = await client.request(command, args);
      if (!answer.success)
        assert.doesNotMatch(answer.message ?? '', /debugger failed/, `${command} ${JSON.stringify(args)}`);
    }
  assert.ok((await client.request('threads')).success);
  client.destroy();
});

test('a guest that never ends is paused within a fraction of a second, and runs on', { timeout: 60_000 }, async () => {
  const client = await running('forever.S');
  for (let round = 0; round < 5; round++) {
    await new Promise((done) => setTimeout(done, 50));
    client.messages.length = 0;
    const start = performance.now();
    assert.ok((await client.request('pause', { threadId: 1 })).success);
    const { body } = await client.event('stopped');
    assert.ok(performance.now() - start < 500, `it took ${performance.now() - start} ms`);
    assert.equal(body.reason, 'pause');
    assert.equal(body.threadId, 1);
    assert.ok((await client.request('continue', { threadId: 1 })).success);
  }
  assert.ok((await client.request('terminate')).success);
  await client.event('terminated');
  client.destroy();
});

test('a step that does not end can be paused', { timeout: 60_000 }, async () => {
  const client = await running('forever.S', { stopOnEntry: true });
  await client.event('stopped');
  client.messages.length = 0;
  await client.request('next', { threadId: 1 });
  await client.event('stopped');
  client.messages.length = 0;
  await client.request('next', { threadId: 1 });
  await new Promise((done) => setTimeout(done, 100));
  // The second step is over the call, which never returns.
  assert.equal(client.messages.filter((each) => each.type === 'event').length, 0);
  assert.match((await client.request('stackTrace', { threadId: 1 })).message ?? '', /is running; pause it first/);
  assert.ok((await client.request('pause', { threadId: 1 })).success);
  assert.equal((await client.event('stopped')).body.reason, 'pause');
  const { body } = await client.request('stackTrace', { threadId: 1 });
  assert.equal(body.stackFrames.at(-1).name, '_start');
  client.destroy();
});

test('a client that vanishes ends its machine, and leaves the adapter and other clients as they were', {
  timeout: 60_000,
}, async () => {
  const busy = async () => {
    const { readFile } = await import('node:fs/promises');
    const fields = (await readFile(`/proc/${server.pid}/stat`, 'utf8')).split(' ');
    return Number(fields[13]) + Number(fields[14]);
  };
  const other = await running('forever.S');
  await other.request('pause', { threadId: 1 });
  await other.event('stopped');
  const gone = await running('forever.S');
  gone.destroy();
  await new Promise((done) => setTimeout(done, 300));
  assert.ok((await other.request('threads')).success);
  if (process.platform === 'linux') {
    const start = await busy();
    await new Promise((done) => setTimeout(done, 500));
    assert.ok((await busy()) - start < 25, 'half a second of a running machine would be 50 ticks');
  }
  assert.ok((await other.request('disconnect')).success);
  await other.closed;
});

test('restart runs the program anew', { timeout: 60_000 }, async () => {
  const client = await running('trip.S');
  assert.equal((await client.event('exited')).body.exitCode, 16);
  client.messages.length = 0;
  assert.ok((await client.request('restart', {})).success);
  await client.event('initialized');
  await client.request('setExceptionBreakpoints', { filters: ['arrive'] });
  await client.request('configurationDone');
  assert.equal((await client.event('stopped')).body.threadId, 3);
  client.destroy();
});
