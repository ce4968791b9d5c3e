/** The language server in a process of its own, as `harthop lsp`. */
import * as vscode from 'vscode';
import {
  type Executable,
  LanguageClient,
  type LanguageClientOptions,
  TransportKind,
} from 'vscode-languageclient/node.js';

/** @param extension where it is installed */
export const languageProcess = (extension: vscode.Uri) => (options: LanguageClientOptions) => {
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
  return new LanguageClient('harthop', 'HartHop Language Server', server, options);
};
