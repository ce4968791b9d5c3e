/** The engine's own tests on the Node that the editor's tests bring along: newer than the one that runs all others, with another V8. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { installHost, needsHost } from './host/install.js';

/** Translated code, both engines side by side, floating point on whole lanes. */
const FILES = ['engine/translator', 'engine/code-changes', 'lockstep', 'vector/translated', 'vector/float-lanes'];

test('the engine on Node 24', { ...needsHost(), timeout: 600_000 }, (t) => {
  const { node } = installHost();
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout;
  assert.match(version, /^v24\./);
  const files = FILES.map((file) => `test/emulator/${file}.test.ts`);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(
    node,
    ['--import', 'tsx', '--test', '--test-reporter=tap', '--test-concurrency=1', ...files],
    { encoding: 'utf8', env },
  );
  assert.equal(status, 0, `${stdout}${stderr}`);
  const passed = Number(/^# pass (\d+)$/m.exec(stdout)?.[1]);
  assert.ok(passed > 20, stdout);
  t.diagnostic(`${passed} tests passed on ${version.trim()}`);
});
