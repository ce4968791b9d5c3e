import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as vscode from 'vscode';

interface Message {
  readonly type: string;
  readonly event?: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of DAP messages, looked at loosely
  readonly body?: any;
}

/** The sessions that have started and not yet ended: a test begins with none, or it might speak to the one before. */
const running = new Set<string>();
let ended = () => {};
vscode.debug.onDidStartDebugSession(({ id }) => running.add(id));
vscode.debug.onDidTerminateDebugSession(({ id }) => {
  running.delete(id);
  ended();
});

/** The next session of our type: itself, once it has started, and everything that its adapter says. */
function listen() {
  const said: Message[] = [];
  let heard = () => {};
  let found = (_session: vscode.DebugSession) => {};
  const session = new Promise<vscode.DebugSession>((resolve) => {
    found = resolve;
  });
  let listened: string | undefined;
  const registration = vscode.debug.registerDebugAdapterTrackerFactory('harthop', {
    createDebugAdapterTracker(candidate) {
      listened ??= candidate.id;
      if (candidate.id !== listened) return undefined;
      found(candidate);
      return {
        onDidSendMessage(message: Message) {
          said.push(message);
          heard();
        },
      };
    },
  });
  /** The next event of that kind. */
  const event = async (name: string, from = 0): Promise<Message> => {
    for (;;) {
      const found = said.slice(from).find((each) => each.type === 'event' && each.event === name);
      if (found) return found;
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  return { said, event, session, registration };
}

const folder = () => vscode.workspace.workspaceFolders![0]!;
const example = (name: string) => vscode.Uri.joinPath(folder().uri, name);
/** Resolves when no session runs any more. */
async function allEnded(): Promise<void> {
  while (running.size > 0) {
    await new Promise<void>((resolve) => {
      ended = resolve;
    });
  }
}
const outputOf = (said: readonly Message[]) =>
  said
    .filter(({ event, body }) => event === 'output' && body.category === 'stdout')
    .map(({ body }) => body.output)
    .join('');

/** The port that a command tells on stderr. */
async function portOf(run: ChildProcess): Promise<number> {
  for (let told = ''; ; ) {
    const [, port] = /127\.0\.0\.1:(\d+)/.exec(told) ?? [];
    if (port) return Number(port);
    told += (await once(run.stderr!, 'data'))[0];
  }
}

describe('a debug session', () => {
  const cleanUp: vscode.Disposable[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0)) each.dispose();
    await vscode.debug.stopDebugging();
    await allEnded();
  });

  it('starts for the file of the active editor without launch.json, with the settings filled in', async () => {
    const { registration } = listen();
    cleanUp.push(registration);
    await vscode.window.showTextDocument(example('daxpy.S'));
    const started = new Promise<vscode.DebugSession>((resolve) => {
      cleanUp.push(vscode.debug.onDidStartDebugSession(resolve));
    });
    await vscode.commands.executeCommand('workbench.action.debug.start');
    const { configuration, type } = await started;
    assert.equal(type, 'harthop');
    assert.equal(configuration.program, example('daxpy.S').fsPath);
    assert.equal(configuration.soc, 'app2-vec1');
    assert.equal(configuration.stopOnEntry, false);
  });

  it('stops where a thread asks to migrate, and shows harts and vector state', async () => {
    const { event, said, session: starting, registration } = listen();
    cleanUp.push(registration);
    const program = example('daxpy.S').fsPath;
    const launch = { type: 'harthop', request: 'launch', name: 'daxpy', program, stopOnEntry: true };
    assert.equal(await vscode.debug.startDebugging(folder(), launch), true);
    assert.equal((await event('stopped')).body.reason, 'entry');
    const session = await starting;
    await session.customRequest('setExceptionBreakpoints', { filters: ['sbi-migrate'] });
    const from = said.length;
    await session.customRequest('continue', { threadId: said.find(({ event }) => event === 'stopped')!.body.threadId });
    const { body } = await event('stopped', from);
    assert.equal(body.reason, 'exception');
    const { threads } = await session.customRequest('threads');
    assert.deepEqual(
      threads.map(({ name }: { name: string }) => name.split(' · ').slice(0, 2)),
      [
        ['hart 0', 'rv64gc'],
        ['hart 1', 'rv64gc'],
        ['hart 2', 'rv64gcv_zvl256b'],
      ],
    );
    const { stackFrames } = await session.customRequest('stackTrace', { threadId: body.threadId });
    // (The workbench has made addresses of its own of the paths.)
    const paths = stackFrames.map(({ source }: { source?: { path?: string } }) => source?.path);
    assert.ok(
      paths.some((path: string) => path.endsWith('/daxpy.S')),
      paths.join(' '),
    );
    const { scopes } = await session.customRequest('scopes', { frameId: stackFrames[0].id });
    const names = scopes.map(({ name }: { name: string }) => name);
    for (const name of ['Integer', 'Float', 'CSRs', 'Saved vector state']) assert.ok(names.includes(name), `${names}`);
  });

  it('saves the run as a recording, which is debugged without its program', async () => {
    const { event, said, session: starting, registration } = listen();
    cleanUp.push(registration);
    const program = example('daxpy.S').fsPath;
    const launch = { type: 'harthop', request: 'launch', name: 'daxpy', program, stopOnEntry: true };
    assert.equal(await vscode.debug.startDebugging(folder(), launch), true);
    const { threadId } = (await event('stopped')).body;
    const session = await starting;
    await session.customRequest('setExceptionBreakpoints', { filters: ['arrive'] });
    const from = said.length;
    await session.customRequest('continue', { threadId });
    const arrival = (await event('stopped', from)).body;
    const target = vscode.Uri.joinPath(folder().uri, 'saved.harthop');
    const saved = await vscode.commands.executeCommand('harthop.saveRecording', target);
    assert.equal(String(saved), String(target));
    await vscode.debug.stopDebugging();
    await allEnded();
    registration.dispose();

    const again = listen();
    cleanUp.push(again.registration);
    const recorded = { type: 'harthop', request: 'launch', name: 'again', recording: target.fsPath };
    assert.equal(await vscode.debug.startDebugging(folder(), recorded), true);
    const { body } = await again.event('stopped');
    assert.deepEqual([body.reason, body.threadId], ['pause', arrival.threadId]);
    assert.equal(body.description, 'The end of the recording');
    await vscode.workspace.fs.delete(target);
  });

  it('runs a file to its end by command', async () => {
    const { event, said, registration } = listen();
    cleanUp.push(registration);
    await vscode.commands.executeCommand('harthop.runFile', example('daxpy.S'));
    assert.equal((await event('exited')).body.exitCode, 0);
    await allEnded();
    assert.equal(outputOf(said), 'daxpy: the sum of y is 2497500\n');
  });

  it('attaches to a program that runs elsewhere, and leaves it to its end', async () => {
    const command = vscode.Uri.joinPath(
      vscode.extensions.getExtension('harthop.harthop')!.extensionUri,
      'dist/harthop.js',
    );
    const options = { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } };
    const run = spawn(process.execPath, [command.fsPath, 'run', '--debug', '0', example('daxpy.S').fsPath], options);
    cleanUp.push({ dispose: () => run.kill() });
    const status = once(run, 'exit');
    let written = '';
    run.stdout.on('data', (data) => (written += data));
    const { event, registration } = listen();
    cleanUp.push(registration);
    const attach = { type: 'harthop', request: 'attach', name: 'there', port: await portOf(run), stopOnEntry: true };
    assert.equal(await vscode.debug.startDebugging(folder(), attach), true);
    assert.equal((await event('stopped')).body.reason, 'entry');
    // An attached session that is stopped is left: the program goes on.
    await vscode.commands.executeCommand('workbench.action.debug.disconnect');
    assert.deepEqual([(await status)[0], written], [0, 'daxpy: the sum of y is 2497500\n']);
  });

  it('says what is wrong with a configuration that attaches to no port', async () => {
    assert.equal(await vscode.debug.startDebugging(folder(), { type: 'harthop', request: 'attach', name: 'x' }), false);
  });

  it('says what is wrong with a configuration that names no program', async () => {
    const launch = { type: 'harthop', request: 'launch', name: 'nothing' };
    assert.equal(await vscode.debug.startDebugging(folder(), launch), false);
  });
});
