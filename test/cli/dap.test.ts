import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { root, script } from './harthop.js';

const start = (...args: string[]) => spawn(process.execPath, [script, 'dap', ...args], { cwd: root });

/** Send an `initialize` request. @returns the first message of the answer */
function initialize(input: Readable, output: Writable): Promise<{ command: string; success: boolean }> {
  const request = JSON.stringify({
    seq: 1,
    type: 'request',
    command: 'initialize',
    arguments: { adapterID: 'harthop' },
  });
  output.write(`Content-Length: ${request.length}\r\n\r\n${request}`);
  let text = '';
  return new Promise((resolve) => {
    input.on('data', (chunk) => {
      text += chunk;
      const [, length, body] = /^Content-Length: (\d+)\r\n\r\n([\s\S]*)$/.exec(text) ?? [];
      if (body && body.length >= Number(length)) resolve(JSON.parse(body.slice(0, Number(length))));
    });
  });
}

test('harthop dap speaks over stdin and stdout, and ends with its client', { timeout: 60_000 }, async () => {
  const adapter = start();
  const { command, success } = await initialize(adapter.stdout, adapter.stdin);
  assert.deepEqual([command, success], ['initialize', true]);
  adapter.stdin.end();
  const [status] = await once(adapter, 'exit');
  assert.equal(status, 0);
});

test('harthop dap --port 0 tells the port that it took', { timeout: 60_000 }, async (t) => {
  const adapter = start('--port', '0');
  t.after(() => adapter.kill());
  const [said] = await once(adapter.stderr, 'data');
  const port = Number(/listening on 127\.0\.0\.1:(\d+)/.exec(String(said))?.[1]);
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  assert.equal((await initialize(socket, socket)).success, true);
});
