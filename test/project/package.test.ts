import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { presets } from '../../emulator/soc/presets.js';
import { hasPackager, packageExtension } from '../../scripts/package.js';
import { needs } from '../tools.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packageJson = readFileSync(join(root, 'package.json'), 'utf8');

const packager =
  hasPackager() || process.env.HARTHOP_REQUIRE_TOOLS ? needs('unzip') : { skip: 'needs the packager: npm run package' };

/** What the package has of a folder. */
const inFolder = (folder: string, which: RegExp) =>
  readdirSync(join(root, folder))
    .filter((name) => which.test(name))
    .map((name) => `extension/${folder}/${name}`)
    .sort();

test('the package holds what is needed and nothing else', packager, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-package-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = await packageExtension(join(folder, 'harthop.vsix'));
  const files = execFileSync('unzip', ['-Z1', path], { encoding: 'utf8' }).trim().split('\n');
  const named = files.filter((file) => !/^extension\/(?:firmware|kernel)\//.test(file)).sort();
  assert.deepEqual(named, [
    '[Content_Types].xml',
    'extension.vsixmanifest',
    'extension/LICENSE.txt',
    'extension/dist/debug-adapter.js',
    'extension/dist/engine-fused.wasm',
    'extension/dist/engine-plain.wasm',
    'extension/dist/extension.cjs',
    'extension/dist/harthop.js',
    'extension/dist/pages/migration-graph.css',
    'extension/dist/pages/migration-graph.js',
    'extension/dist/pages/timeline.css',
    'extension/dist/pages/timeline.js',
    'extension/dist/pages/vector-view.css',
    'extension/dist/pages/vector-view.js',
    ...inFolder('dist', /^part-\w+\.js$/),
    'extension/dist/web/extension.cjs',
    'extension/dist/web/language-worker.js',
    ...inFolder('docs/images', /\.png$/),
    ...inFolder('examples', /\.(S|md)$/),
    'extension/images/firmware.elf',
    'extension/images/kernel.elf',
    'extension/package.json',
    'extension/readme.md',
    'extension/syntaxes/inline-riscv-asm.tmLanguage.json',
    'extension/syntaxes/language-configuration.json',
    'extension/syntaxes/riscv-asm.tmLanguage.json',
  ]);
  // What was bundled of many packages, in parts, is a program still. Its overview is of all commands, so all parts are read.
  execFileSync('unzip', ['-q', path, '-d', folder]);
  const dist = join(folder, 'extension/dist');
  assert.match(execFileSync(process.execPath, [join(dist, 'harthop.js'), '--help'], { encoding: 'utf8' }), /\blsp\b/);
  const threads = join(folder, 'extension/examples/threads.S');
  const told = execFileSync(process.execPath, [join(dist, 'harthop.js'), 'run', threads], { encoding: 'utf8' });
  assert.match(told, /a total of 523776/);
  const adapter = spawnSync(process.execPath, [join(dist, 'debug-adapter.js')], { input: '', encoding: 'utf8' });
  assert.deepEqual({ status: adapter.status, stderr: adapter.stderr }, { status: 0, stderr: '' });
  // The sources that the debugger shows where a thread is in firmware or kernel.
  const sources = files.filter((file) => /^extension\/(?:firmware|kernel)\//.test(file));
  for (const file of sources) assert.match(file, /\.[chS]$/);
  for (const needed of ['firmware/entry.S', 'kernel/trap.c'])
    assert.ok(sources.includes(`extension/${needed}`), needed);
});

test('the settings name every preset', () => {
  for (const { name } of presets) assert.ok(packageJson.includes(`\`${name}\``), name);
});
