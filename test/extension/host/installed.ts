/** The extension as a user has it: installed from its .vsix. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageExtension } from '../../../scripts/package.js';
import { installHost } from './install.js';

/**
 * Installed once for all files of one `npm test`, which names a folder for that.
 * @param folder where to put package and installation, where there is none @returns the folder of installed extensions
 */
export async function installExtension(folder: string): Promise<string> {
  const shared = process.env.HARTHOP_TEST_FOLDER ?? folder;
  const extensions = join(shared, 'extensions');
  const done = join(shared, 'installed');
  if (existsSync(done)) return extensions;
  const vsix = await packageExtension(join(shared, 'harthop.vsix'));
  const { node, entry } = installHost();
  const options = ['--config', '/dev/null', '--user-data-dir', join(shared, 'install'), '--extensions-dir', extensions];
  // (Kept to itself: it complains of modules that were not compiled, and does without them.)
  execFileSync(node, [entry, ...options, '--install-extension', vsix], { stdio: 'pipe' });
  writeFileSync(done, '');
  return extensions;
}
