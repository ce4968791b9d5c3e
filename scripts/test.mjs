/**
 * `npm test [-- WORD…]`: everything that is checked, in one run of Node's test runner; format, lint, types and layers are tests
 * too (test/project). WORDs choose the test files whose path holds one of them. HARTHOP_REQUIRE_TOOLS=1 turns a missing tool
 * from a skip into a failure.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, setup } from './setup.mjs';

setup();
const words = process.argv.slice(2);
const files = readdirSync(join(root, 'test'), { recursive: true })
  .map((file) => join('test', file))
  .filter((file) => file.endsWith('.test.ts') && (!words.length || words.some((word) => file.includes(word))))
  .sort();
if (!files.length) {
  console.error(`harthop: no test file's path holds ${words.join(' or ')}`);
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', '--test', '--test-reporter=spec', '--test-timeout=900000', ...files],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
