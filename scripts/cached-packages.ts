/** Packages too big for everybody's node_modules, installed into .cache by the few who need them; versions pinned here by the caller. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../.cache', import.meta.url));

/** What the packages need beyond `npm install`: run once, with the folder. */
type Finish = (folder: string) => void;

/** npm install in a folder, nothing built, nothing said. */
export function npmInstall(folder: string, packages: readonly string[], env = process.env): void {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--omit=dev'];
  execFileSync('npm', ['install', ...quiet, ...packages], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Is the folder installed with just these packages? */
export const isCached = (name: string, packages: readonly string[]) => existsSync(join(cache, name, stamp(packages)));

/** The folder (under .cache) that holds the packages, as `name@version`; installed when it doesn't yet. */
export function cachedPackages(name: string, packages: readonly string[], finish: Finish = () => {}): string {
  const folder = join(cache, name);
  if (isCached(name, packages)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  npmInstall(folder, packages);
  finish(folder);
  writeFileSync(join(folder, stamp(packages)), '');
  return folder;
}

const stamp = (packages: readonly string[]) => `.installed-${packages.join('+').replaceAll(/[^\w.@+-]/g, '_')}`;
