/**
 * `npm test [-- WORD…]`: everything that is checked, by Node's test runner; format, lint, types and layers are tests
 * too (test/project). WORDs choose the test files whose path holds one of them. HARTHOP_REQUIRE_TOOLS=1 turns a missing tool
 * from a skip into a failure.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
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
/** These build in dist/ and install into .cache/: one after the other, and the editor has the computer to itself. */
const isAlone = (file) => /^test.(extension.|project.package)/.test(file);

function run(chosen, concurrency) {
  if (!chosen.length) return 0;
  const options = ['--import', 'tsx', '--test', '--test-reporter=spec', '--test-timeout=900000'];
  const { status } = spawnSync(process.execPath, [...options, `--test-concurrency=${concurrency}`, ...chosen], {
    cwd: root,
    stdio: 'inherit',
  });
  return status ?? 1;
}

const together = run(
  files.filter((file) => !isAlone(file)),
  availableParallelism(),
);
process.exit(run(files.filter(isAlone), 1) || together);
