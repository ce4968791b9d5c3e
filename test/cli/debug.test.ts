/** `harthop run --debug`: debuggers come, go, end the program, or are refused; what the program writes and returns stays the command's. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DebugClient } from '@vscode/debugadapter-testsupport';
import { folder, harthop, root, script } from './harthop.js';

const require = createRequire(import.meta.url);
const { DebugClient: Client } =
  require('@vscode/debugadapter-testsupport') as typeof import('@vscode/debugadapter-testsupport');

/** The command, as far as it has come. */
class Run {
  stdout = '';
  stderr = '';
  readonly ended: Promise<number | null>;

  private constructor(readonly process: ChildProcess) {
    process.stdout!.on('data', (data) => (this.stdout += data));
    process.stderr!.on('data', (data) => (this.stderr += data));
    this.ended = once(process, 'exit').then(([status]) => status);
  }

  static start(args: readonly string[]): Run {
    return new Run(spawn(process.execPath, [script, 'run', '--debug', '0', ...args], { cwd: root }));
  }

  async port(): Promise<number> {
    for (;;) {
      const [, port] = /127\.0\.0\.1:(\d+)/.exec(this.stderr) ?? [];
      if (port) return Number(port);
      await Promise.race([once(this.process.stderr!, 'data'), this.ended]);
      assert.equal(this.process.exitCode, null, this.stderr);
    }
  }

  /** A debugger that has attached; the program goes on with configurationDone. */
  async attach(more: object = {}): Promise<DebugClient> {
    const client = new Client('', '', 'harthop');
    client.defaultTimeout = 60_000;
    await client.start(await this.port());
    await client.initializeRequest({ adapterID: 'harthop', linesStartAt1: true, columnsStartAt1: true });
    const initialized = client.waitForEvent('initialized');
    await client.attachRequest(more as never);
    await initialized;
    return client;
  }
}

const place = folder();
const daxpy = `${root}examples/daxpy.S`;

test('a debugger attaches, stops at a breakpoint on the vector hart and leaves; the program ends as ever', async () => {
  const run = Run.start(['examples/daxpy.S']);
  const client = await run.attach();
  const { body } = await client.setBreakpointsRequest({
    source: { path: daxpy },
    breakpoints: [{ line: lineOf('vfmacc') }],
  });
  assert.ok(body.breakpoints[0]!.verified);
  const stopped = client.waitForEvent('stopped');
  await client.configurationDoneRequest();
  assert.deepEqual([(await stopped).body.reason, (await stopped).body.threadId], ['breakpoint', 3]);
  const back = client.waitForEvent('stopped');
  await client.stepBackRequest({ threadId: 3 });
  assert.equal((await back).body.reason, 'step');
  await client.disconnectRequest({});
  assert.equal(await run.ended, 0, run.stderr);
  assert.equal(run.stdout, harthop(['run', 'examples/daxpy.S']).stdout);
});

function lineOf(text: string): number {
  const lines = readFileSync(daxpy, 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text) && !line.trim().startsWith('#')) + 1;
}

test("the program that ends under a debugger tells it, and its status is the command's", async () => {
  const run = Run.start(['examples/daxpy.S']);
  const client = await run.attach({ stopOnEntry: true });
  const entry = client.waitForEvent('stopped');
  await client.configurationDoneRequest();
  assert.equal((await entry).body.reason, 'entry');
  const exited = client.waitForEvent('exited');
  await client.continueRequest({ threadId: 1 });
  assert.equal((await exited).body.exitCode, 0);
  await client.disconnectRequest({});
  assert.equal(await run.ended, 0);
  assert.equal(run.stdout, harthop(['run', 'examples/daxpy.S']).stdout);
});

test('terminate ends the program, and so does a goodbye that asks for it', async () => {
  for (const how of ['terminate', 'disconnect'] as const) {
    const run = Run.start(['examples/daxpy.S']);
    const client = await run.attach({ stopOnEntry: true });
    const entry = client.waitForEvent('stopped');
    await client.configurationDoneRequest();
    await entry;
    if (how === 'terminate') await client.terminateRequest({});
    await client.disconnectRequest({ terminateDebuggee: true });
    assert.equal(await run.ended, 143, how);
    assert.equal(run.stdout, '', how);
  }
});

/** Reads a line and writes it. */
function echo(): string {
  const file = join(place, 'echo.S');
  writeFileSync(
    file,
    `.globl _start
_start:
    li a0, 0
    la a1, line
    li a2, 64
    li a7, 63
    ecall
    mv a2, a0
    li a0, 1
    la a1, line
    li a7, 64
    ecall
    li a0, 0
    li a7, 93
    ecall
    .bss
line: .skip 64
`,
  );
  return file;
}

test('one that runs is joined while it waits for input, by one debugger at a time; a frozen hart thaws when that goes', async () => {
  const run = Run.start(['--debug-continue', echo()]);
  await run.port();
  const client = await run.attach({ stopOnEntry: true });
  const stopped = client.waitForEvent('stopped');
  await client.configurationDoneRequest();
  assert.equal((await stopped).body.description, 'Attached');
  await assert.rejects(run.attach(), /another debugger has this program/);
  await assert.rejects(client.customRequest('restart'), /start `harthop run --debug` anew/);
  await client.customRequest('harthop/freeze', { freeze: [0, 1, 2] });
  await client.continueRequest({ threadId: 1 });
  // As a debugger that crashes goes.
  (client as unknown as { _socket: Socket })._socket.destroy();
  run.process.stdin!.end('hello\n');
  assert.equal(await run.ended, 0, run.stderr);
  assert.equal(run.stdout, 'hello\n');
});

test('options that do not go together, and a port that is taken, are told', async () => {
  const refused = (...args: string[]) => harthop(['run', ...args, 'examples/daxpy.S']).stderr;
  assert.match(refused('--debug-continue'), /--debug-continue goes with --debug only/);
  assert.match(refused('--debug', '0', '--picture'), /--picture does not go with --debug/);
  assert.match(refused('--debug', 'x'), /--debug: "x" is no whole number/);
  const run = Run.start(['examples/daxpy.S']);
  assert.match(refused('--debug', String(await run.port())), /EADDRINUSE/);
  run.process.kill('SIGINT');
  assert.equal(await run.ended, 130);
});
