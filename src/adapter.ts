/** Where the debug adapter runs: a process of its own under the editor's Node, so that a busy guest never slows the editor; to attach, the process that has the machine. */
import * as vscode from 'vscode';

export function adapterFactory(extension: vscode.Uri): vscode.DebugAdapterDescriptorFactory {
  return {
    createDebugAdapterDescriptor({ configuration }) {
      if (configuration.request === 'attach') {
        return new vscode.DebugAdapterServer(configuration.port, configuration.host);
      }
      const main = vscode.Uri.joinPath(extension, 'dist', 'debug-adapter.js').fsPath;
      // In the desktop editor the executable is Electron's, which is Node when this variable is set.
      return new vscode.DebugAdapterExecutable(process.execPath, [main], { env: { ELECTRON_RUN_AS_NODE: '1' } });
    },
  };
}
