/** Bundles the mocha suite for an extension host: CommonJS files in .cache. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const out = join(import.meta.dirname, '../../../.cache/extension-suite');

/** @returns the suite's entry file */
export async function buildSuite(): Promise<string> {
  const suites = readdirSync(import.meta.dirname).filter((file) => file === 'index.ts' || file.endsWith('.suite.ts'));
  await build({
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    entryPoints: suites.map((file) => join(import.meta.dirname, file)),
    outdir: out,
    outExtension: { '.js': '.cjs' },
    logLevel: 'warning',
  });
  return join(out, 'index.cjs');
}
