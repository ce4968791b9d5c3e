/** The language server's client: the server runs in a process of its own, as `harthop lsp`. */
import * as vscode from 'vscode';
import type { Recognised } from '../language-server/messages.js';
import { type Executable, LanguageClient, TransportKind } from 'vscode-languageclient/node.js';

/** What the extension's own views ask the language server. */
export interface LanguageServer extends vscode.Disposable {
  /** A document was looked at anew: it was edited, or settings have changed. */
  readonly onDidAnalyse: vscode.Event<vscode.Uri>;
  /** For which processors a text is assembly. @throws Error saying why not */
  recognise(text: string): Promise<Recognised>;
  /** A request of HartHop's own about a document (language-server/messages.ts). @throws Error saying why not */
  ask<Answer>(method: `harthop/${string}`, document: vscode.Uri): Promise<Answer>;
}

/** Start the server for assembly files. */
export function startLanguageClient(extension: vscode.Uri): LanguageServer {
  const main = vscode.Uri.joinPath(extension, 'dist', 'harthop.js').fsPath;
  const server: Executable = {
    // In the desktop editor the executable is Electron's, which is Node when this variable is set.
    command: process.execPath,
    args: [main, 'lsp', '--stdio'],
    transport: TransportKind.stdio,
    options: {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      // Descriptions of chips are named relative to the workspace.
      cwd: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
    },
  };
  const analysed = new vscode.EventEmitter<vscode.Uri>();
  const settings = vscode.workspace.getConfiguration('harthop');
  const client = new LanguageClient('harthop', 'HartHop Language Server', server, {
    documentSelector: [
      { language: 'riscv-asm' },
      // The server looks whether they are RISC-V's.
      ...(settings.get('otherLanguages') ? [{ pattern: '**/*.{s,S,asm}' }] : []),
    ],
    initializationOptions: settings,
    synchronize: { configurationSection: 'harthop' },
    middleware: {
      handleDiagnostics(uri, diagnostics, next) {
        next(uri, diagnostics);
        analysed.fire(uri);
      },
      // What a lens tells is part of the graph: a click opens that.
      async provideCodeLenses(document, token, next) {
        const lenses = (await next(document, token)) ?? [];
        for (const { command } of lenses)
          if (command) Object.assign(command, { command: 'harthop.showMigrationGraph', arguments: [document.uri] });
        return lenses;
      },
    },
  });
  void client.start();
  return {
    onDidAnalyse: analysed.event,
    recognise: (text) => client.sendRequest('harthop/recognise', { text }),
    ask: (method, document) => client.sendRequest(method, { textDocument: { uri: String(document) } }),
    dispose() {
      analysed.dispose();
      void client.dispose();
    },
  };
}
