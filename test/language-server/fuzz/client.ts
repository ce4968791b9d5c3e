/** A client of a language server in this process, which waits for nothing: what the server does a little later it does at once. */
import { PassThrough } from 'node:stream';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { createConnection } from 'vscode-languageserver/node.js';
import {
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node.js';
import { socOf } from '../../../cli/files.js';
import { Server } from '../../../language-server/server.js';

/** What is asked about a whole document, besides the diagnostics that come by themselves. */
const requests: readonly (readonly [method: string, more?: object])[] = [
  ['textDocument/inlayHint', { range: { start: { line: 0, character: 0 }, end: { line: 100_000, character: 0 } } }],
  ['textDocument/codeLens'],
  ['textDocument/documentSymbol'],
  ['textDocument/semanticTokens/full'],
  ['textDocument/foldingRange'],
  ['harthop/migrations'],
];

export class Client {
  readonly documents = new Map<string, TextDocument>();
  readonly connection: ProtocolConnection;
  readonly server: Server;
  /** Diagnostics that came, as they came. */
  readonly published: { uri: string; version?: number; diagnostics: unknown }[] = [];
  /** Turns that the server has taken. */
  worked = 0;
  private readonly diagnostics = new Map<string, { version: number; list: unknown }>();
  private arrived = () => {};
  /** What the server could not do. */
  readonly failures: string[] = [];

  /**
   * @param files what lies beside the open documents, by path
   * @param busy the client's user goes on typing: it is never quiet for so long that diagnostics are made
   */
  private constructor(files: ReadonlyMap<string, string>, busy: boolean) {
    const [up, down] = [new PassThrough(), new PassThrough()];
    const served = createConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
    this.server = new Server(served, {
      chip: socOf,
      readFile: (path) => files.get(path),
      later: (milliseconds, then) => {
        if (busy && milliseconds) return () => {};
        const soon = setImmediate(() => {
          this.worked++;
          then();
        });
        return () => clearImmediate(soon);
      },
    });
    served.listen();
    this.connection = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
    this.connection.onNotification(
      'textDocument/publishDiagnostics',
      (params: { uri: string; version?: number; diagnostics: unknown }) => {
        this.published.push(params);
        const { uri, version, diagnostics } = params;
        this.diagnostics.set(uri, { version: version ?? -1, list: diagnostics });
        this.arrived();
      },
    );
    this.connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.failures.push(message);
      this.arrived();
    });
    this.connection.listen();
  }

  static async start(files: ReadonlyMap<string, string>, settings: object = {}, busy = false): Promise<Client> {
    const client = new Client(files, busy);
    await client.connection.sendRequest('initialize', {
      processId: null,
      rootUri: null,
      capabilities: {},
      initializationOptions: settings,
    });
    await client.connection.sendNotification('initialized', {});
    return client;
  }

  async open(uri: string, text: string, languageId = 'riscv-asm'): Promise<void> {
    this.documents.set(uri, TextDocument.create(uri, languageId, 1, text));
    this.diagnostics.delete(uri);
    const textDocument = { uri, languageId, version: 1, text };
    await this.connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  async close(uri: string): Promise<void> {
    this.documents.delete(uri);
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** Replace a part of a document; offsets count from its start. */
  async change(uri: string, from: number, to: number, text: string): Promise<void> {
    const known = this.documents.get(uri)!;
    const contentChanges = [{ range: { start: known.positionAt(from), end: known.positionAt(to) }, text }];
    const version = known.version + 1;
    this.documents.set(uri, TextDocument.update(known, contentChanges, version));
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  /** All that the server says of its documents as they are now. */
  async everything(): Promise<Record<string, unknown>> {
    const out: Record<string, unknown> = {};
    for (const uri of [...this.documents.keys()].sort())
      for (const [method, more] of requests)
        out[`${uri} ${method}`] = await this.connection.sendRequest(method, { textDocument: { uri }, ...more });
    out.symbols = await this.connection.sendRequest('workspace/symbol', { query: '' });
    for (const uri of this.documents.keys()) out[`${uri} diagnostics`] = await this.diagnosticsOf(uri);
    return out;
  }

  /** The diagnostics of a document as it is now. */
  async diagnosticsOf(uri: string): Promise<unknown> {
    const { version } = this.documents.get(uri)!;
    while (this.diagnostics.get(uri)?.version !== version && !this.failures.length)
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
      });
    return this.diagnostics.get(uri)?.list;
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    this.connection.dispose();
  }
}
