/** The extension as a user has it: installed from its .vsix. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packageExtension } from '../../../scripts/package.js';
import { installHost } from './install.js';

/** @param folder where to put package and installation @returns the folder of installed extensions */
export async function installExtension(folder: string): Promise<string> {
  const vsix = await packageExtension(join(folder, 'harthop.vsix'));
  const extensions = join(folder, 'extensions');
  const { node, entry } = installHost();
  const options = ['--config', '/dev/null', '--user-data-dir', join(folder, 'install'), '--extensions-dir', extensions];
  // (Kept to itself: it complains of modules that were not compiled, and does without them.)
  execFileSync(node, [entry, ...options, '--install-extension', vsix], { stdio: 'pipe' });
  return extensions;
}
