/** The language server's client, and what it does for other parts of the extension. */
import * as vscode from 'vscode';
import { isForecast } from './configuration.js';
import type { Recognised } from '../language-server/messages.js';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';

/** What the extension's own views ask the language server. */
export interface LanguageServer extends vscode.Disposable {
  /** A document was looked at anew: it was edited, or settings have changed. */
  readonly onDidAnalyse: vscode.Event<vscode.Uri>;
  /** For which processors a text is assembly. @throws Error saying why not */
  recognise(text: string): Promise<Recognised>;
  /** A request of HartHop's own about a document (language-server/messages.ts). @throws Error saying why not */
  ask<Answer>(method: `harthop/${string}`, document: vscode.Uri): Promise<Answer>;
  /** A notification of HartHop's own. */
  tell(method: `harthop/${string}`, params: object): void;
}

/** Start the server for assembly files. @param create makes a client of it, wherever it runs */
export function startLanguageClient(create: (options: LanguageClientOptions) => BaseLanguageClient): LanguageServer {
  const analysed = new vscode.EventEmitter<vscode.Uri>();
  const settings = vscode.workspace.getConfiguration('harthop');
  const client = create({
    documentSelector: [
      { language: 'riscv-asm' },
      // The server looks whether they are RISC-V's.
      ...(settings.get('otherLanguages') ? [{ pattern: '**/*.{s,S,asm}' }] : []),
    ],
    // As values: what VS Code gives has functions in it, which no worker can be sent.
    initializationOptions: JSON.parse(JSON.stringify(settings)),
    synchronize: {
      configurationSection: 'harthop',
      // What sources include, changed outside the editor.
      fileEvents: vscode.workspace.createFileSystemWatcher('**/*.{s,S,asm,h,inc}'),
    },
    middleware: {
      handleDiagnostics(uri, diagnostics, next) {
        next(uri, diagnostics);
        analysed.fire(uri);
      },
      // What a lens tells is part of the graph: a click opens that.
      async provideCodeLenses(document, token, next) {
        const lenses = (await next(document, token)) ?? [];
        for (const { command } of lenses)
          if (command && isForecast(document))
            Object.assign(command, { command: 'harthop.showMigrationGraph', arguments: [document.uri] });
        return lenses;
      },
    },
  });
  const started = client.start();
  return {
    onDidAnalyse: analysed.event,
    recognise: (text) => client.sendRequest('harthop/recognise', { text }),
    ask: (method, document) => client.sendRequest(method, { textDocument: { uri: String(document) } }),
    // A server that could not be started has said so itself.
    tell: (method, params) => void started.then(() => client.sendNotification(method, params)).catch(() => undefined),
    dispose() {
      analysed.dispose();
      void client.dispose();
    },
  };
}
