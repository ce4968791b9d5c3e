import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { initrd } from '../../emulator/initrd.js';
import { needs } from '../tools.js';

test('the initial RAM disk is an archive that cpio unpacks', needs('cpio'), (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-cpio-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = Uint8Array.from({ length: 1001 }, (_, i) => i * 7);
  const archive = initrd(program, ['program', 'größe', ''], ['HOME=/']);
  execFileSync('cpio', ['-id', '--quiet'], { cwd: folder, input: archive });
  assert.deepEqual(new Uint8Array(readFileSync(join(folder, 'program'))), program);
  assert.equal(readFileSync(join(folder, 'argv'), 'utf8'), 'program\0größe\0\0');
  assert.equal(readFileSync(join(folder, 'envp'), 'utf8'), 'HOME=/\0');
});

test('an argument with a NUL is refused', () => {
  assert.throws(() => initrd(new Uint8Array(0), ['a\0b'], []), RangeError);
});
