/** A client of the language server with one file open, for tests that look at hints, lenses and findings. */
import { readFileSync } from 'node:fs';
import type { CodeLens, Diagnostic, InlayHint } from 'vscode-languageserver-types';
import type { MigrationGraph } from '../../language-server/messages.js';
import { connect } from './conversation.js';

export class Client {
  readonly connection = connect();
  private version = 1;
  /** The last findings, once they have come. */
  last: readonly Diagnostic[] | undefined;
  private readonly waiting: ((list: readonly Diagnostic[]) => void)[] = [];

  constructor(
    readonly path: string,
    private readonly languageId: string,
  ) {
    this.connection.onNotification(
      'textDocument/publishDiagnostics',
      ({ diagnostics }: { diagnostics: readonly Diagnostic[] }) => {
        this.last = diagnostics;
        for (const each of this.waiting.splice(0)) each(diagnostics);
      },
    );
  }
  private get textDocument() {
    return { uri: `file://${this.path}` };
  }

  /** @param root the workspace's folder */
  async open(root: string, settings: object, capabilities: object = {}): Promise<void> {
    await this.connection.sendRequest('initialize', {
      processId: null,
      rootUri: `file://${root}`,
      capabilities,
      initializationOptions: settings,
    });
    await this.connection.sendNotification('initialized', {});
    const document = { ...this.textDocument, languageId: this.languageId, version: 1 };
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { ...document, text: readFileSync(this.path, 'utf8') },
    });
  }

  /** Give the file another text. */
  async write(text: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { ...this.textDocument, version: ++this.version },
      contentChanges: [{ text }],
    });
  }

  /** The findings that come next. */
  next(): Promise<readonly Diagnostic[]> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async hints(): Promise<string[]> {
    const range = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };
    const list = await this.connection.sendRequest('textDocument/inlayHint', {
      textDocument: this.textDocument,
      range,
    });
    return (list as InlayHint[]).map(({ position, label }) => `${position.line + 1} ${label}`);
  }

  async lenses(): Promise<string[]> {
    const list = await this.connection.sendRequest('textDocument/codeLens', { textDocument: this.textDocument });
    return (list as CodeLens[]).map(({ range, command }) => `${range.start.line + 1} ${command!.title}`);
  }

  async graph(): Promise<MigrationGraph> {
    return this.connection.sendRequest('harthop/migrationGraph', { textDocument: this.textDocument });
  }

  async close(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    this.connection.dispose();
  }
}
