/**
 * How Node finds and reads TypeScript: each file made into JavaScript by itself and kept, so that hundreds of test files and commands
 * start soon. Functions keep no names that the language would not give them: keeping them costs wherever functions are made in a loop.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules/.cache/harthop');

const hashOf = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha1')).digest('hex');

export async function resolve(specifier, context, next) {
  if (/^\.\.?\//.test(specifier) && specifier.endsWith('.js') && context.parentURL) {
    const url = new URL(`${specifier.slice(0, -2)}ts`, context.parentURL);
    if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith('file:')) return next(url, context);
  const path = fileURLToPath(new URL(url));
  if (path.endsWith('.json') && !path.includes('node_modules'))
    return { format: 'module', source: `export default ${readFileSync(path, 'utf8')};`, shortCircuit: true };
  if (!path.endsWith('.ts')) return next(url, context);
  const source = path === join(root, 'emulator/engine/bytes.ts') ? engine() : await javascriptOf(path);
  return { format: 'module', source, shortCircuit: true };
}

let esbuild;

async function javascriptOf(path) {
  const text = readFileSync(path, 'utf8');
  const kept = join(cache, `${hashOf(path)}.mjs`);
  const mark = `// ${hashOf(VERSION, text)}\n`;
  const before = existsSync(kept) ? readFileSync(kept, 'utf8') : '';
  if (before.startsWith(mark)) return before;
  esbuild ??= await import('esbuild');
  const options = { loader: 'ts', format: 'esm', target: 'node20', sourcemap: 'inline', sourcefile: path };
  const { code } = await esbuild.transform(text, { ...options, banner: mark.trimEnd() });
  keep(kept, code);
  return code;
}
/** Another one where what is made of the same text becomes another. */
const VERSION = '1';

function keep(path, contents) {
  try {
    mkdirSync(cache, { recursive: true });
    // Several processes may do this at once.
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // Where nothing can be kept, it is made again.
  }
}

/** In place of the module that generates the engine, which takes longer than many a test: what it gave for the same sources. */
function engine() {
  const sources = ['isa', 'emulator'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .map((file) => join(root, folder, file)),
  );
  const hash = hashOf(...sources.map((file) => readFileSync(file)));
  return `import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
const made = new Map();
const cache = ${JSON.stringify(cache)};
for (const fused of [false, true]) {
  const path = cache + (fused ? '/fused' : '/plain') + '.wasm';
  const kept = existsSync(path) ? readFileSync(path) : undefined;
  if (kept?.subarray(-40).toString() === '${hash}') made.set(fused, new Uint8Array(kept.subarray(0, -40)));
  else {
    const { buildEngine } = await import('./module.js');
    made.set(fused, buildEngine(fused));
    try {
      mkdirSync(cache, { recursive: true });
      writeFileSync(path + process.pid, Buffer.concat([made.get(fused), Buffer.from('${hash}')]));
      renameSync(path + process.pid, path);
    } catch {}
  }
}
export const engineBytes = (fused) => made.get(fused);
`;
}
