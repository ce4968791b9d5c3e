/**
 * Recorded conversations. A file holds a script, a line of dashes, and the transcript that the script gave: the whole conversation with the
 * parts made equal that differ from run to run or with every rebuilt image. `HARTHOP_RECORD=1` writes the transcripts anew.
 *
 * A script line is a request with its arguments as JSON, or one of
 *   wait EVENT              the next event of that kind (stops, exits)
 * In arguments, "$thread" is the thread that stopped last, "$frame" and "$frame:N" are frames of the last stackTrace, "$scope:NAME" and
 * "$var:NAME" are what the last scopes and variables answers gave, "$target:LABEL" of the last targets answer, "$source" the reference of the
 * source of the last stackTrace's first frame, "$dir/" is the folder of the repository.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { fromSources } from '../tools.js';
import type { DebugClient } from '@vscode/debugadapter-testsupport';

const require = createRequire(import.meta.url);
const { DebugClient: Client } =
  require('@vscode/debugadapter-testsupport') as typeof import('@vscode/debugadapter-testsupport');

/** The repository, with `/` at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));
export const adapter = `${root}debug-adapter/main.ts`;
const DASHES = '-----';

/** A client that starts the adapter as a process of its own and talks over its stdin and stdout. */
export function stdioClient(): DebugClient {
  const options = { cwd: root, env: { ...process.env, NODE_OPTIONS: fromSources.join('=') } };
  const client = new Client(process.execPath, adapter, 'harthop', options, true);
  client.defaultTimeout = 60_000;
  return client;
}

/** Run the script of a file and compare the conversation with the one below it. @returns both, to be compared */
export async function replay(
  name: string,
  client: DebugClient,
  port?: number,
): Promise<{ got: string; recorded: string }> {
  const file = `${root}test/debug-adapter/transcripts/${name}.txt`;
  const [script, recorded = ''] = readFileSync(file, 'utf8').split(`\n${DASHES}\n`);
  const got = await new Conversation(client).run(script.split('\n'), port);
  if (process.env.HARTHOP_RECORD) {
    writeFileSync(file, `${script.trimEnd()}\n${DASHES}\n${got}`);
    return { got, recorded: got };
  }
  return { got, recorded };
}

/** The adapter did not answer: it is gone, or hangs. */
class Silence extends Error {}

class Conversation {
  private readonly text: string[] = [];
  private readonly events: P.Event[] = [];
  private waiting: (() => void) | undefined;
  private stdout = '';
  private thread = 0;
  private frames: number[] = [];
  private readonly data: string[] = [];
  private readonly scopes = new Map<string, number>();
  private readonly variables = new Map<string, number>();
  private readonly targets = new Map<string, number>();
  private source = 0;

  constructor(private readonly client: DebugClient) {}

  async run(script: readonly string[], port?: number): Promise<string> {
    const { client } = this;
    for (const event of [
      'initialized',
      'process',
      'thread',
      'stopped',
      'exited',
      'terminated',
      'output',
      'progressStart',
      'progressEnd',
      'invalidated',
    ])
      client.on(event, (message: P.Event) => {
        this.events.push(message);
        this.waiting?.();
      });
    await client.start(port);
    try {
      for (const line of script) if (line.trim() && !line.startsWith('#')) await this.line(line.trim());
      this.drain();
    } finally {
      await client.stop();
    }
    return `${this.text.join('\n')}\n`;
  }

  private async line(line: string): Promise<void> {
    const [, command, rest] = /^(\S+)\s*(.*)$/.exec(line)!;
    if (command === 'wait') return this.wait(rest);
    this.drain();
    this.text.push(`> ${line}`);
    const args = rest ? JSON.parse(rest, (_, value) => this.resolve(value)) : undefined;
    let late: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, failed) => {
      const give = () => failed(new Silence(`no answer in 30 seconds; so far:\n${this.text.slice(-20).join('\n')}`));
      late = setTimeout(give, 30_000);
    });
    try {
      const response = await Promise.race([this.client.send(command, args), silence]);
      this.learn(command, response.body);
      if (command === 'initialize') this.text.push('< (capabilities: see capabilities.test.ts)');
      else this.show('<', response.body);
    } catch (error) {
      if (error instanceof Silence) throw error;
      this.text.push(normal(`< error: ${(error as Error).message}`));
    } finally {
      clearTimeout(late);
    }
  }

  /** Wait for an event; what comes before it is part of the transcript too. */
  private async wait(event: string): Promise<void> {
    const until = Date.now() + 20_000;
    for (;;) {
      const at = this.events.findIndex((each) => each.event === event);
      if (at >= 0) {
        this.tell(this.events.splice(0, at + 1));
        return;
      }
      if (Date.now() > until)
        throw new Error(`no \`${event}\` event came in 20 seconds; so far:\n${this.text.slice(-20).join('\n')}`);
      await new Promise<void>((done) => {
        const timer = setTimeout(done, 1000);
        this.waiting = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
  }

  private drain(): void {
    this.tell(this.events.splice(0));
  }

  private tell(events: readonly P.Event[]): void {
    for (const { event, body } of events) {
      // How the console's text is cut into events depends on the clock.
      if (event === 'output' && body.category === 'stdout') {
        this.stdout += body.output;
        continue;
      }
      this.flush();
      if (event === 'stopped') this.thread = body.threadId;
      this.text.push(normal(`* ${event}${body ? ` ${JSON.stringify(clean(body))}` : ''}`));
    }
    this.flush();
  }

  private flush(): void {
    if (this.stdout) this.text.push(`* stdout ${JSON.stringify(this.stdout)}`);
    this.stdout = '';
  }

  private resolve(value: unknown): unknown {
    if (typeof value !== 'string') return value;
    if (value === '$thread') return this.thread;
    if (value === '$source') return this.source;
    const [, kind, name] = /^\$(frame|scope|var|target|data)(?::(.*))?$/.exec(value) ?? [];
    if (kind === 'frame') return this.frames[Number(name ?? 0)];
    if (kind === 'data') return this.data[Number(name ?? 0)];
    if (kind) return { scope: this.scopes, var: this.variables, target: this.targets }[kind]?.get(name);
    return value.replace('$dir/', root);
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever the adapter answered
  private learn(command: string, body: any): void {
    if (command === 'dataBreakpointInfo') this.data.push(body.dataId);
    if (command === 'stackTrace') {
      this.frames = body.stackFrames.map(({ id }: P.StackFrame) => id);
      this.source = body.stackFrames[0]?.source?.sourceReference ?? this.source;
    }
    for (const { id, label } of body?.targets ?? []) this.targets.set(label, id);
    for (const [list, known] of [
      [body?.scopes, this.scopes],
      [body?.variables, this.variables],
    ] as const)
      for (const { name, variablesReference } of list ?? []) known.set(name, variablesReference);
  }

  private show(mark: string, body: unknown): void {
    if (body === undefined || body === null) {
      this.text.push(mark);
      return;
    }
    const lists = Object.entries(body).filter(([, value]) => Array.isArray(value));
    const plain = Object.fromEntries(Object.entries(body).filter(([, value]) => !Array.isArray(value)));
    this.text.push(normal(`${mark}${Object.keys(plain).length ? ` ${JSON.stringify(clean(plain))}` : ''}`));
    for (const [name, list] of lists) {
      this.text.push(`  ${name}:`);
      for (const each of list)
        this.text.push(normal(`    ${name === 'variables' ? variable(each) : JSON.stringify(clean(each))}`));
    }
  }
}

const variable = ({ name, value, type, variablesReference }: P.Variable) =>
  `${variablesReference ? '+' : ' '} ${name} = ${value}${type ? ` : ${type}` : ''}`;

/** Numbers that count up, and what moves with every rebuilt firmware or kernel, say nothing to the reader. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the adapter answered
function clean(value: any): any {
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  // Lines of kernel and firmware move with every change of theirs.
  const ours = /^(kernel|firmware)\//.test((value.source?.path ?? '').replace(root, ''));
  const privileged = ours || (/ \[[SM]\]$/.test(value.name ?? '') && 'instructionPointerReference' in value);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (key === 'id' && 'instructionPointerReference' in value) return [];
      if (key === 'variablesReference') return inner ? [[key, 'n']] : [];
      if (privileged && ['line', 'column', 'instructionPointerReference'].includes(key)) return [];
      if (key === 'progressId') return [];
      if (key === 'dataId' && inner) return [[key, 'n']];
      return [[key, clean(inner)]];
    }),
  );
}

const normal = (text: string) =>
  text
    .replaceAll(root, '')
    .replace(/((?:the kernel|firmware) on hart \d+), `[^`]*` at \S+:\d+/g, '$1, (instruction)')
    .replace(/\d+ cycles/g, 'N cycles')
    .replace(/cycle: \d+|cycle \d+/g, 'cycle N')
    .replace(/"(mean|most)":\d+/g, '"$1":N')
    .replace(/"(cycle|load|recentLoad)":[\d.e-]+/g, '"$1":N')
    .replace(/satp 0x[0-9a-f]+/g, 'satp N')
    .replace(/0xffffff[0-9a-f]{10}/g, '0x(kernel)')
    .replace(/\b0x800[0-9a-f]{5}\b/g, '0x(firmware)');
