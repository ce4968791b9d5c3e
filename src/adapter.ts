/** Where the debug adapter runs: a process of its own under the editor's Node, so that a busy guest never slows the editor. */
import * as vscode from 'vscode';

export function adapterFactory(extension: vscode.Uri): vscode.DebugAdapterDescriptorFactory {
  return {
    createDebugAdapterDescriptor() {
      const main = vscode.Uri.joinPath(extension, 'dist', 'debug-adapter.js').fsPath;
      // In the desktop editor the executable is Electron's, which is Node when this variable is set.
      return new vscode.DebugAdapterExecutable(process.execPath, [main], { env: { ELECTRON_RUN_AS_NODE: '1' } });
    },
  };
}
