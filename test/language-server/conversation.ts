/**
 * Recorded conversations with the language server, as those with the debug adapter: a script, a line of dashes, and what came of it.
 * `HARTHOP_RECORD=1` writes what comes anew. A script's line is
 *   open NAME               the document test/language-server/documents/NAME
 *   change TEXT -> TEXT     in the document that was opened last, the first place that holds it
 *   settings JSON           of harthop
 *   wait                    until the diagnostics of the last change are there
 *   REQUEST @TEXT|TEXT {…}  a request about the place marked by | in the first line with that text, with more arguments
 *   REQUEST {…}             a request about the whole document, or of the workspace
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node.js';
import { readBuilt } from '../../cli/built.js';
import { socOf } from '../../cli/files.js';
import { serve } from '../../language-server/main.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const DASHES = '-----';
/** Longer lists are told by their beginning and length. */
const MANY = 40;
const path = (name: string) => `/documents/${name}`;
const uriOf = (name: string) => `file://${path(name)}`;

/** Speak a script's lines to a server of its own. @returns what was said, to be compared */
export async function replay(name: string): Promise<{ got: string; recorded: string }> {
  const file = `${folder}transcripts/${name}.txt`;
  const [script, recorded = ''] = readFileSync(file, 'utf8').split(`\n${DASHES}\n`);
  const got = await new Conversation().run(script!.split('\n'));
  if (!process.env.HARTHOP_RECORD) return { got, recorded };
  writeFileSync(file, `${script!.trimEnd()}\n${DASHES}\n${got}`);
  return { got, recorded: got };
}

/** A client in this process. */
export function connect(): ProtocolConnection {
  const [up, down] = [new PassThrough(), new PassThrough()];
  void serve({ chip: socOf, readBuilt }, up, down);
  const connection = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  connection.listen();
  return connection;
}

class Conversation {
  private readonly text: string[] = [];
  private readonly connection = connect();
  private document = '';
  private content = '';
  private version = 0;
  private diagnostics: unknown;
  private arrived = () => {};

  async run(script: readonly string[]): Promise<string> {
    this.connection.onNotification(
      'textDocument/publishDiagnostics',
      (params: { version?: number; diagnostics: unknown }) => {
        if (params.version !== this.version) return;
        this.diagnostics = params.diagnostics;
        this.arrived();
      },
    );
    this.connection.onNotification('window/showMessage', ({ message }: { message: string }) =>
      this.text.push(`* ${message}`),
    );
    await this.connection.sendRequest('initialize', {
      processId: null,
      rootUri: null,
      capabilities: {},
      initializationOptions: {},
    });
    await this.connection.sendNotification('initialized', {});
    for (const line of script) if (line.trim() && !line.startsWith('#')) await this.line(line.trim());
    await this.connection.sendRequest('shutdown');
    this.connection.dispose();
    return `${this.text.join('\n')}\n`;
  }

  private async line(line: string): Promise<void> {
    this.text.push(`> ${line}`);
    const [, command, rest] = /^(\S+)\s*(.*)$/.exec(line)!;
    if (command === 'open') return this.open(rest!);
    if (command === 'change') return this.change(rest!.split(' -> '));
    if (command === 'wait') return this.wait();
    if (command === 'settings') {
      await this.connection.sendNotification('workspace/didChangeConfiguration', {
        settings: { harthop: JSON.parse(rest!) },
      });
      return;
    }
    const [, mark, json] = /^(?:@(.*?)\s*)?(\{.*\})?$/.exec(rest!)!;
    const args = {
      textDocument: { uri: uriOf(this.document) },
      ...(mark && { position: this.place(mark) }),
      ...(json && JSON.parse(json)),
    };
    try {
      this.say(await this.connection.sendRequest(command!, args));
    } catch (error) {
      this.text.push(`< error: ${(error as Error).message}`);
    }
  }

  private async open(name: string): Promise<void> {
    this.document = name;
    this.content = readFileSync(`${folder}documents/${name}`, 'utf8');
    this.version = 1;
    this.diagnostics = undefined;
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: uriOf(name), languageId: 'riscv-asm', version: 1, text: this.content },
    });
  }

  private async change([from, to = '']: string[]): Promise<void> {
    const at = this.content.indexOf(from!);
    const range = { start: this.position(at), end: this.position(at + from!.length) };
    this.content = this.content.replace(from!, () => to);
    this.diagnostics = undefined;
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: uriOf(this.document), version: ++this.version },
      contentChanges: [{ range, text: to }],
    });
  }

  private async wait(): Promise<void> {
    while (this.diagnostics === undefined)
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
      });
    this.say(this.diagnostics);
  }

  private position(offset: number) {
    const before = this.content.slice(0, offset).split('\n');
    return { line: before.length - 1, character: before.at(-1)!.length };
  }

  private place(mark: string) {
    const column = mark.indexOf('|');
    const text = mark.replace('|', '');
    const at = this.content.indexOf(text);
    if (at < 0) throw new Error(`no line holds ${JSON.stringify(text)}`);
    return this.position(at + column);
  }

  /** An answer, ranges as `line:column-column` counted from 1. */
  private say(value: unknown): void {
    if (value === null || (Array.isArray(value) && !value.length)) this.text.push(`< ${JSON.stringify(value)}`);
    else if (Array.isArray(value) && value.length > MANY) {
      this.say(value.slice(0, 3));
      this.text.push(`< … ${value.length} in all`);
    } else
      for (const each of Array.isArray(value) ? value : [value]) this.text.push(`< ${JSON.stringify(each, shortened)}`);
  }
}

interface Place {
  readonly line: number;
  readonly character: number;
}

function shortened(key: string, value: unknown): unknown {
  const { start, end, line, character } = (value ?? {}) as { start?: Place; end?: Place } & Partial<Place>;
  if (start && end)
    return `${start.line + 1}:${start.character + 1}-${end.line === start.line ? '' : `${end.line + 1}:`}${end.character + 1}`;
  if (line !== undefined && character !== undefined) return `${line + 1}:${character + 1}`;
  return key === 'codeDescription' ? undefined : value;
}
