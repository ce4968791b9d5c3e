/** Format, lint and types, as tests: one run says all. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

function passes(script: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

test('the code is formatted and lints clean (npm run format mends what can be mended)', () => {
  passes('node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off');
});

test('the types agree', () => {
  passes('node_modules/typescript/bin/tsc', '-p', '.');
});

test('the types of what runs in webviews agree with a browser', () => {
  passes('node_modules/typescript/bin/tsc', '-p', 'src/webview/page');
});

test('the table, the assembler and the emulator name nothing that only Node has', () => {
  passes('node_modules/typescript/bin/tsc', '-p', 'scripts/portable.tsconfig.json');
});

test('the lock file names no registry', () => {
  assert.doesNotMatch(readFileSync(`${root}/package-lock.json`, 'utf8'), /"resolved"|https?:\/\/[^"]*\.tgz/);
});
