/** `npm run build`: the bundles that the .vsix holds, and the command for those who install it. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { engineBytes } from '../emulator/engine/bytes.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The engine is generated now, not whenever a bundle starts: its bytes stand in for the module that generates them. */
const engine: Plugin = {
  name: 'engine',
  setup({ onLoad, onResolve }) {
    const contents = `import plain from 'plain.wasm';
import fused from 'fused.wasm';
export const engineBytes = (isFused) => (isFused ? fused : plain);`;
    onLoad({ filter: /emulator[\\/]engine[\\/]bytes\.ts$/ }, () => ({ contents, loader: 'js' }));
    onResolve({ filter: /^(plain|fused)\.wasm$/ }, ({ path }) => ({ path, namespace: 'engine' }));
    onLoad({ filter: /.*/, namespace: 'engine' }, ({ path }) => ({
      contents: engineBytes(path === 'fused.wasm'),
      loader: 'binary',
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

/** Modules, so that `import.meta.url` finds images/ beside dist/ as it does beside the sources; their CommonJS packages need a require. */
export const programs: BuildOptions = {
  ...node,
  format: 'esm',
  plugins: [engine],
  banner: {
    js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
  },
  entryPoints: { 'debug-adapter': 'debug-adapter/main.ts', harthop: 'cli/main.ts' },
  outdir: 'dist',
};

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
  Promise.all([extension, programs, pages, webExtension, webWorkers].map((bundle) => build(bundle)));

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
