/** The language server's client: the server runs in a process of its own, as `harthop lsp`. */
import * as vscode from 'vscode';
import { type Executable, LanguageClient, TransportKind } from 'vscode-languageclient/node.js';

/** Start the server for assembly files. @returns what stops it */
export function startLanguageClient(extension: vscode.Uri): vscode.Disposable {
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
  const client = new LanguageClient('harthop', 'HartHop Language Server', server, {
    documentSelector: [{ language: 'riscv-asm' }],
    initializationOptions: vscode.workspace.getConfiguration('harthop'),
    synchronize: { configurationSection: 'harthop' },
  });
  void client.start();
  return { dispose: () => void client.dispose() };
}
