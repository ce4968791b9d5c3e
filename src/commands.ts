/** `HartHop: Run Current File` and `HartHop: Debug Current File`. */
import * as vscode from 'vscode';
import { configurationFor } from './configuration.js';

/**
 * Run or debug a file: the one given (editor title, explorer) or that of the active editor; saved first, so that what runs is
 * what is on the screen.
 */
export async function debugFile(file: vscode.Uri | undefined, options: { noDebug: boolean }): Promise<boolean> {
  const uri = file ?? vscode.window.activeTextEditor?.document.uri;
  if (!uri) {
    void vscode.window.showErrorMessage('HartHop: no file is open to be run.');
    return false;
  }
  const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  if (open?.isDirty && !(await open.save())) return false;
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return vscode.debug.startDebugging(folder, configurationFor(uri.fsPath), { noDebug: options.noDebug });
}
