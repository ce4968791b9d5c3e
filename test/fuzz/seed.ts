/** The seed of a random test. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Others with every change of the sources, and the same ones when the same sources are tested again: what CI found can be found anew. */
export function seedOf(): number {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD^{tree}'], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
  });
  return status === 0 ? Number.parseInt(stdout.slice(0, 7), 16) : Date.now() % 1_000_000_000;
}
