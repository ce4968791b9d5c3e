import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildAll } from '../../scripts/build.js';
import { needsHost } from './host/install.js';
import { runMocha } from './host/run-mocha.js';
import { buildSuite } from './suite/build.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the extension in the extension host of a real VS Code', needsHost(), async (t) => {
  const workspace = mkdtempSync(join(tmpdir(), 'harthop-workspace-'));
  t.after(() => rmSync(workspace, { recursive: true, force: true }));
  cpSync(join(root, 'examples'), workspace, { recursive: true });
  const [suite] = await Promise.all([buildSuite(), buildAll()]);
  const { code, output } = await runMocha(root, suite, workspace);
  for (const line of output.split('\n')) t.diagnostic(line);
  assert.equal(code, 0, output);
});
