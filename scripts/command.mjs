/** The `harthop` command as one file, bundled again whenever a source has changed: so it starts in a third of the time. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

const folders = ['isa', 'emulator', 'assembler', 'debug-adapter', 'gdb-server', 'language-server', 'cli'];
const others = ['package-lock.json', 'scripts/build.ts', 'scripts/command.mjs'];
/** In dist/, from where images are as far as from the sources. */
const bundle = join(root, 'dist/checkout.js');

/** Put before a bundle: tells what it was made of. */
function markOf() {
  const sources = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((file) => /\.(ts|json)$/.test(file))
      .sort()
      .map((file) => join(folder, file)),
  );
  const hash = createHash('sha1');
  for (const file of [...sources, ...others]) hash.update(file).update(readFileSync(join(root, file)));
  return `// ${hash.digest('hex')}\n`;
}

function beginsWith(path, mark) {
  if (!existsSync(path)) return false;
  const bytes = Buffer.alloc(mark.length);
  const file = openSync(path);
  readSync(file, bytes);
  closeSync(file);
  return bytes.toString() === mark;
}

/** The URL of a module that runs the command. */
export async function command() {
  const mark = markOf();
  if (!beginsWith(bundle, mark)) {
    await import('./typescript.mjs');
    try {
      const { programs } = await import('./build.ts');
      const { build } = await import('esbuild');
      // Several processes may do this at once.
      const name = `checkout-${process.pid}`;
      const banner = { js: mark + programs.banner.js };
      await build({ ...programs, entryPoints: { [name]: 'cli/main.ts' }, banner, logLevel: 'silent' });
      renameSync(join(root, 'dist', `${name}.js`), bundle);
    } catch {
      // A mistake in a source shows when it runs as it is; so does all else where nothing may be written.
      return new URL('../cli/main.ts', import.meta.url).href;
    }
  }
  return pathToFileURL(bundle).href;
}
