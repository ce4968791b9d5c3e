/** A client in Neovim, over stdio and over TCP. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { fromSources, needs } from '../tools.js';
import { adapter, root } from './conversation.js';

const started: ChildProcess[] = [];
after(() => {
  for (const child of started) child.kill();
});

async function neovim(how: Record<string, string>): Promise<string[]> {
  const client = `${root}test/debug-adapter/clients/neovim.lua`;
  const { stdout } = await promisify(execFile)(
    'nvim',
    ['--headless', '-u', 'NONE', '-i', 'NONE', '-c', `luafile ${client}`],
    { env: { ...process.env, ...how, HARTHOP_PROGRAM: `${root}test/debug-adapter/programs/trip.S` }, timeout: 100_000 },
  );
  return stdout.trim().split('\n');
}

const seen = [
  'steps back: true',
  'verified: true',
  'stopped breakpoint thread 1 double_all trip.S:26',
  'stopped step thread 2 double_all trip.S:27',
  'stopped step thread 2 double_all trip.S:28',
  'v8 is {1, 2, 3, 4}',
  'stopped step thread 2 double_all trip.S:27',
  'exited with 16',
];

test('Neovim debugs over stdio, and the adapter ends with the conversation', {
  ...needs('nvim'),
  timeout: 120_000,
}, async () => {
  const command = JSON.stringify([process.execPath, ...fromSources, adapter]);
  assert.deepEqual(await neovim({ HARTHOP_ADAPTER: command }), [...seen, 'the adapter ended with 0']);
});

test('Neovim debugs over TCP', { ...needs('nvim'), timeout: 120_000 }, async () => {
  const server = spawn(process.execPath, [...fromSources, adapter, '--port', '0'], { cwd: root, stdio: 'pipe' });
  started.push(server);
  const port = await new Promise<string>((found) => {
    let text = '';
    server.stderr.on('data', (data: Buffer) => {
      text += data;
      const [, number] = /127\.0\.0\.1:(\d+)/.exec(text) ?? [];
      if (number) found(number);
    });
  });
  assert.deepEqual(await neovim({ HARTHOP_PORT: port }), seen);
});
