/**
 * What a fresh clone needs before anything runs: the packages of package-lock.json. Plain JavaScript with no package of its own,
 * because it runs when there is none yet.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const packages = (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).packages;

/** The first package that is missing or has another version than package-lock.json says; undefined when all is well. */
export function stalePackage() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return 'node_modules';
  const installed = packages('node_modules/.package-lock.json');
  return Object.entries(packages('package-lock.json'))
    .filter(([path, wanted]) => path && !wanted.optional)
    .find(([path, wanted]) => installed[path]?.version !== wanted.version)?.[0];
}

/** Install the packages where they are missing or out of date; ends the process with one clear line where that can't be done. */
export function setup() {
  const fail = (message) => {
    console.error(`harthop: ${message}`);
    process.exit(2);
  };
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11))
    fail(`Node.js 20.11 or later is needed, this is ${process.versions.node}`);
  if (!stalePackage()) return;
  console.error('harthop: installing packages (npm ci), once');
  // Scripts of packages are not run: nothing here needs them (esbuild and biome find their programs in optional packages).
  const npm = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync('npm', npm, {
    cwd: root,
    stdio: ['ignore', 2, 'inherit'],
    shell: process.platform === 'win32',
    env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  });
  if (error) fail(`npm could not be started: ${error.message}`);
  if (status !== 0) fail('npm ci failed; its message is above');
}
