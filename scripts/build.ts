/** `npm run build`: the bundles that the .vsix holds, and the command for those who install it. */

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { engineBytes } from '../emulator/engine/bytes.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The engine is generated now, not whenever a bundle starts: a file of its bytes beside the bundle stands in for the module that generates them. Of the two
 * that there are a process reads one, and no parser has to go through it.
 */
const engine: Plugin = {
  name: 'engine',
  setup({ onLoad, onResolve }) {
    const contents = `import { readFileSync } from 'node:fs';
import plain from 'plain.wasm';
import fused from 'fused.wasm';
export const engineBytes = (isFused) => readFileSync(new URL(isFused ? fused : plain, import.meta.url));`;
    onLoad({ filter: /emulator[\\/]engine[\\/]bytes\.ts$/ }, () => ({ contents, loader: 'js' }));
    onResolve({ filter: /^(plain|fused)\.wasm$/ }, ({ path }) => ({ path, namespace: 'engine' }));
    onLoad({ filter: /.*/, namespace: 'engine' }, ({ path }) => ({
      contents: engineBytes(path === 'fused.wasm'),
      loader: 'file',
    }));
  },
};

const node: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: false,
  // Less to read at every start; names stay, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
  legalComments: 'none',
};

/** The extension host of the oldest editor we support loads CommonJS only. */
export const extension: BuildOptions = {
  ...node,
  format: 'cjs',
  external: ['vscode'],
  entryPoints: { extension: 'src/extension.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
};

/** What the parts of the programs are called, which are loaded when they are needed. */
const PART = /^part-\w+\.js$/;

/** Modules, so that `import.meta.url` finds images/ beside dist/ as it does beside the sources; their CommonJS packages need a require. */
const programs: BuildOptions = {
  ...node,
  format: 'esm',
  plugins: [engine],
  banner: {
    js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
  },
  entryPoints: { 'debug-adapter': 'debug-adapter/main.ts', harthop: 'cli/main.ts' },
  outdir: 'dist',
  assetNames: 'engine-[name]',
  splitting: true,
  chunkNames: 'part-[hash]',
};

/** The command and the debug adapter, in parts. What parts an earlier build left, and these don't have, goes. */
export async function buildPrograms(): Promise<void> {
  const { metafile } = await build({ ...programs, metafile: true });
  const made = new Set(Object.keys(metafile!.outputs).map((path) => basename(path)));
  for (const name of readdirSync(join(root, 'dist')))
    if (PART.test(name) && !made.has(name)) rmSync(join(root, 'dist', name), { force: true });
}

const browser: BuildOptions = {
  ...node,
  platform: 'browser',
  target: 'chrome120',
};

/** What runs in the webviews of src/: a script and a style for each folder with a page. */
export const pages: BuildOptions = {
  ...browser,
  format: 'esm',
  entryPoints: Object.fromEntries(
    readdirSync(join(root, 'src'))
      .filter((name) => existsSync(join(root, 'src', name, 'page/main.ts')))
      .map((name) => [name, `src/${name}/page/main.ts`]),
  ),
  outdir: 'dist/pages',
};

/** VS Code for the Web: the extension, which its host in a worker loads as CommonJS (in a package of modules by the end of its name), and the servers' workers. */
export const webExtension: BuildOptions = {
  ...browser,
  format: 'cjs',
  external: ['vscode'],
  entryPoints: { extension: 'src/web/extension.ts' },
  outdir: 'dist/web',
  outExtension: { '.js': '.cjs' },
};
export const webWorkers: BuildOptions = {
  ...browser,
  format: 'iife',
  entryPoints: { 'language-worker': 'web/language-worker.ts' },
  outdir: 'dist/web',
};

/** All that is installed with the extension. */
export const buildAll = () =>
  Promise.all([buildPrograms(), ...[extension, pages, webExtension, webWorkers].map((bundle) => build(bundle))]);

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
