/** The `harthop` command, run as a user runs it. */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const script = join(root, 'scripts/harthop.mjs');

export function harthop(args: readonly string[], options: SpawnSyncOptions = {}) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    timeout: 120_000,
    ...options,
    encoding: 'utf8',
  });
  return { status, signal, stdout: String(stdout), stderr: String(stderr) };
}

/** A folder for this file's tests. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'harthop-cli-'));
  after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
