/** `npm run package`: harthop-VERSION.vsix, by VS Code's own packager, holding what .vscodeignore lets in. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.js';
import { cachedPackages, isCached } from './cached-packages.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Big, and wanted only here. */
const packager = ['@vscode/vsce@3.9.2'];

/** Can a package be made without a download? */
export const hasPackager = () => isCached('vsce', packager);

/** @returns the file's path */
export async function packageExtension(path?: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const output = path ?? join(root, `harthop-${version}.vsix`);
  await buildAll();
  const vsce = join(cachedPackages('vsce', packager), 'node_modules/@vscode/vsce/vsce');
  const options = [
    'package',
    '--no-dependencies',
    '--no-rewrite-relative-links',
    '--skip-license',
    '--allow-missing-repository',
    '--out',
    output,
  ];
  execFileSync(process.execPath, [vsce, ...options], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return output;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await packageExtension());
