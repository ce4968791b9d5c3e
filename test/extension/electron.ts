/** `npm run test:electron`: the mocha suite in a desktop VS Code, where one can be downloaded (or, with VSCODE, in that one). */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { buildAll } from '../../scripts/build.js';
import { buildSuite } from './suite/build.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), 'harthop-workspace-'));
cpSync(join(root, 'examples'), workspace, { recursive: true });
try {
  const [suite] = await Promise.all([buildSuite(), buildAll()]);
  await runTests({
    ...(process.env.VSCODE && { vscodeExecutablePath: process.env.VSCODE }),
    extensionDevelopmentPath: root,
    extensionTestsPath: suite,
    launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust'],
  });
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
