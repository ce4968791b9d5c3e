/** Starts and ends one VS Code server, with folders of its own that go when it goes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installHost } from './install.js';

/** A workbench that shows nothing but what is tested: no welcome, no assistants, no questions. */
const settings = {
  'chat.disableAIFeatures': true,
  'chat.agentHost.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'extensions.ignoreRecommendations': true,
  'extensions.autoCheckUpdates': false,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'debug.openDebug': 'openOnDebugBreak',
};

export interface Server {
  /** The workbench on a folder, or on none; `payload` is what VS Code's own browser tests send along. */
  workbench(folder: string | undefined, payload?: readonly (readonly [string, string])[]): string;
  /** A path of this machine as the workbench names it. */
  remote(path: string): string;
  stop(): Promise<void>;
}

export const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

/** The server's environment: nothing of an editor that may be running the tests, sockets in its own folder, no marketplace. */
function environment(folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|CODE_SERVER_|npm_|NODE_)/.test(name));
  return {
    ...Object.fromEntries(kept),
    TMPDIR: folder,
    XDG_RUNTIME_DIR: folder,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  };
}

/** @param extensions a folder of installed extensions; an empty one when left out. */
export async function startServer(extensions?: string): Promise<Server> {
  const { node, entry } = installHost();
  const folder = mkdtempSync(join(tmpdir(), 'harthop-vscode-'));
  mkdirSync(join(folder, 'data/User'), { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), '');
  writeFileSync(join(folder, 'data/User/settings.json'), JSON.stringify(settings));
  const port = await freePort();
  const log = openSync(join(folder, 'server.log'), 'w');
  const options = [
    ['--config', join(folder, 'config.yaml')],
    ['--auth', 'none'],
    ['--bind-addr', `127.0.0.1:${port}`],
    ['--user-data-dir', join(folder, 'data')],
    ['--extensions-dir', extensions ?? join(folder, 'extensions')],
    [
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-workspace-trust',
      '--disable-getting-started-override',
    ],
    // Without the driver the workbench ignores the extension and the tests named in its address.
    ['--vscode-option', 'enable-smoke-test-driver'],
  ].flat();
  // A process group of its own, ended as one: a polite stop takes seconds and may leave the extension host behind.
  const server = spawn(node, [entry, ...options], {
    stdio: ['ignore', log, log],
    env: environment(folder),
    detached: true,
  });
  const end = () => endGroup(server);
  process.on('exit', end);
  const url = `http://127.0.0.1:${port}/`;
  await answering(`${url}healthz`, server, join(folder, 'server.log'));
  return {
    remote: (path) => `vscode-remote://127.0.0.1:${port}${path}`,
    workbench: (workspace, payload = []) =>
      `${url}?${new URLSearchParams({ ...(workspace === undefined ? { ew: 'true' } : { folder: workspace }), payload: JSON.stringify([['skipWelcome', 'true'], ...payload]) })}`,
    async stop() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      end();
      await gone;
      process.off('exit', end);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function endGroup(server: ChildProcess) {
  try {
    if (server.pid) process.kill(-server.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

async function answering(url: string, server: ChildProcess, log: string) {
  const start = Date.now();
  for (;;) {
    const ok = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    if (server.exitCode !== null || Date.now() - start > 60_000) {
      throw new Error(`code-server did not start:\n${readFileSync(log, 'utf8')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
