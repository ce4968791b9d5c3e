/** Clients that send anything at all, and clients that vanish: always an answer or a clean end. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { adapter, root } from './conversation.js';
import { converse } from './fuzz/conversation.js';
import { Random } from './fuzz/generate.js';
import { fromSources } from '../tools.js';

/** `npm run fuzz:debug` has any number of others. */
const SEEDS = [1, 2, 3, 4, 5];

for (const seed of SEEDS)
  test(`requests in any order with arguments of any kind, seed ${seed}`, { timeout: 300_000 }, async () => {
    const { requests, served } = await converse(seed);
    assert.ok(served > 0 && served < requests);
  });

const started: ChildProcess[] = [];
after(() => {
  for (const child of started) child.kill();
});

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [...fromSources, adapter, ...args], { cwd: root, stdio: 'pipe' });
  // A pipe whose reader is gone is what some of these are about.
  for (const stream of [child.stdin, child.stdout]) stream!.on('error', () => {});
  started.push(child);
  return child;
}

const framed = (text: string) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
const request = (seq: number, command: string, args?: object) =>
  framed(JSON.stringify({ seq, type: 'request', command, arguments: args }));
const program = `${root}test/debug-adapter/programs/forever.S`;
const running = [
  request(1, 'initialize', { adapterID: 'x' }),
  request(2, 'launch', { program }),
  request(3, 'configurationDone'),
].join('');

/** What a stream has said, once it matches. */
function said(child: ChildProcess, pattern: RegExp, stream: 'stdout' | 'stderr' = 'stdout'): Promise<string> {
  return new Promise((done, failed) => {
    let text = '';
    child.once('exit', () => failed(new Error(`it ended: ${text.slice(-500)}`)));
    child[stream]!.on('data', (data: Buffer) => {
      text += data;
      if (pattern.test(text)) done(text);
    });
  });
}
const ended = (child: ChildProcess) =>
  new Promise<number | null>((done) => {
    if (child.exitCode !== null) done(child.exitCode);
    else child.once('exit', done);
  });

for (const [how, bytes] of [
  ['before it said anything', ''],
  ['in the middle of a header', 'Content-Le'],
  ['in the middle of a message', 'Content-Length: 500\r\n\r\n{"seq":1,'],
  ['with a request on its way', running],
] as const)
  test(`over stdio, a client that vanishes ${how} takes the process with it`, { timeout: 60_000 }, async () => {
    const child = start();
    child.stdin!.end(bytes);
    assert.equal(await ended(child), 0);
  });

test('over stdio, a client that vanishes while the guest runs takes the process with it', {
  timeout: 60_000,
}, async () => {
  const child = start();
  child.stdin!.write(running);
  await said(child, /"request_seq":3/);
  child.stdin!.destroy();
  assert.equal(await ended(child), 0);
});

test('over stdio, a client that reads no more takes the process with it', { timeout: 60_000 }, async () => {
  const child = start();
  child.stdin!.write(running);
  await said(child, /"request_seq":3/);
  child.stdout!.destroy();
  // The next answer finds nobody.
  child.stdin!.write(request(4, 'threads'));
  assert.equal(await ended(child), 0);
});

async function server(): Promise<{ child: ChildProcess; open: () => Promise<Socket> }> {
  const child = start('--port', '0');
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(await said(child, /127\.0\.0\.1:\d+/, 'stderr'))!;
  const open = async () => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((done) => socket.once('connect', done));
    return socket;
  };
  return { child, open };
}

/** A conversation as it should be, and its end. */
async function usual(socket: Socket): Promise<void> {
  let text = '';
  socket.on('data', (data) => {
    text += data;
  });
  socket.write(request(1, 'initialize', { adapterID: 'x' }));
  while (!text.includes('"command":"initialize","success":true'))
    await new Promise((done) => socket.once('data', done));
  socket.write(request(2, 'disconnect'));
  await new Promise((done) => socket.once('close', done));
  assert.match(text, /"command":"disconnect","success":true/);
}

test('over TCP, clients vanish in any way and at any time, and others are served', { timeout: 120_000 }, async () => {
  const { child, open } = await server();
  const random = new Random(1);
  for (let n = 0; n < 12; n++) {
    const socket = await open();
    socket.write(running.slice(0, 1 + random.below(running.length)));
    if (random.chance(2)) await new Promise((done) => setTimeout(done, random.below(300)));
    random.pick([() => socket.destroy(), () => socket.resetAndDestroy(), () => socket.end()])();
    if (n % 4 === 3) await usual(await open());
  }
  assert.equal(child.exitCode, null);
  child.kill();
});

test('over TCP, any bytes at all are answered or end that conversation', { timeout: 120_000 }, async () => {
  const { child, open } = await server();
  const good = Buffer.from(running);
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed);
    const bytes = random.chance(4)
      ? Buffer.from(Array.from({ length: 3000 }, () => random.below(256)))
      : Buffer.from(good);
    // Damaged messages: bytes changed, cut out, doubled.
    for (let n = random.below(8); n >= 0; n--) bytes[random.below(bytes.length)] = random.below(256);
    const at = random.below(bytes.length);
    const rest = random.pick([bytes.subarray(at), bytes.subarray(Math.min(bytes.length, at + 20)), bytes]);
    const socket = await open();
    socket.write(bytes.subarray(0, at));
    socket.write(rest);
    // Whatever was understood of that: it is either over, or says so when it is asked for its end.
    const over = new Promise((done) => socket.once('close', done));
    socket.write(`\r\n\r\n${request(99, 'disconnect')}`);
    socket.end();
    socket.resume();
    await over;
    if (seed % 10 === 0) await usual(await open());
  }
  assert.equal(child.exitCode, null);
  child.kill();
});
