/**
 * `npm test [-- WORD…]`: everything that is checked, by Node's test runner; format, lint, types and layers are tests
 * too (test/project). WORDs choose the test files whose path holds one of them. HARTHOP_REQUIRE_TOOLS=1 turns a missing tool
 * from a skip into a failure.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
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

/** These build in dist/, install into .cache/ and open an editor: one after the other. They wait more than they work, so others run beside them. */
const isExclusive = (file) => /^test.(extension.|project.package)/.test(file);
/** What takes longest begins first, so that in the end nothing long is left alone. */
const long = [
  ...['fuzz/semantics', 'kernel/scenarios', 'proof/models', 'chaos/chaos', 'debug-adapter/transcripts'],
  ...[
    'kernel/memory',
    'kernel/lockstep',
    'assembler/compilers',
    'bench-programs',
    'firmware/payload',
    'kernel/processes',
    'chaos/malice',
    'test/cli/',
  ],
  ...['random-ways', 'float/engine', 'emulator/determinism', 'gdb-server/', 'language-server/accuracy'],
  ...['firmware/interleaved', 'bad-input', 'emulator/history', 'assembler/link', 'float/soft-float'],
];
const rank = (file) => {
  const found = long.findIndex((word) => file.replaceAll('\\', '/').includes(word));
  return found < 0 ? long.length : found;
};
/** A file that takes longer hangs. */
const MOST_MINUTES = 15;

const exclusive = files.filter(isExclusive);
const others = files.filter((file) => !isExclusive(file)).sort((a, b) => rank(a) - rank(b));
/** What files of one run share, such as the extension as it is installed. */
const shared = mkdtempSync(join(tmpdir(), 'harthop-test-'));
process.on('exit', () => rmSync(shared, { recursive: true, force: true }));
const counts = { tests: 0, pass: 0, fail: 0, skipped: 0 };
const failed = [];
let isTaken = false;

/** Run a file. Its output is shown when it is done, or at once where it is the only one. */
function run(file) {
  const options = ['--import', './scripts/typescript.mjs', '--test-reporter=spec', file];
  const color = process.stdout.isTTY && { FORCE_COLOR: '1' };
  const env = { ...process.env, HARTHOP_TEST_FOLDER: shared, ...color };
  const child = spawn(process.execPath, options, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const start = performance.now();
  let output = '';
  const take = (text) => {
    if (files.length === 1) process.stdout.write(text);
    else output += text;
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
  const timer = setTimeout(() => {
    take(`harthop: not done after ${MOST_MINUTES} minutes\n`);
    child.kill('SIGKILL');
  }, MOST_MINUTES * 60_000);
  return new Promise((done) => {
    // A process that a test has left behind may hold the output open.
    child.on('exit', () =>
      setTimeout(() => [child.stdout, child.stderr].forEach((each) => each.destroy()), 3000).unref(),
    );
    child.on('close', (code) => {
      clearTimeout(timer);
      console.log(`${code === 0 ? '' : 'FAILED: '}${file} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
      process.stdout.write(output);
      if (code !== 0) failed.push(file);
      done(output);
    });
  });
}

async function lane() {
  for (;;) {
    const alone = !isTaken && exclusive.length > 0;
    const file = alone ? exclusive.shift() : others.shift();
    // The other lane has the last of those that run one after the other.
    if (!file) return;
    if (alone) isTaken = true;
    const output = await run(file);
    if (alone) isTaken = false;
    for (const name of Object.keys(counts))
      counts[name] += Number(new RegExp(`^\\W*${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  }
}

await Promise.all(Array.from({ length: Math.min(availableParallelism(), files.length) }, lane));
if (files.length > 1) {
  const all = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  console.log(`\n${files.length} files: ${all.join(', ')}`);
}
for (const file of failed) console.log(`FAILED: ${file}`);
process.exit(failed.length ? 1 : 0);
