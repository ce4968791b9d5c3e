/** `HartHop: Run Current File` and `HartHop: Debug Current File`. */
import * as vscode from 'vscode';
import { configurationFor, currentSource } from './configuration.js';

/**
 * Run or debug a file: the one given (editor title, explorer) or that of the active editor; saved first, so that what runs is
 * what is on the screen.
 */
export async function debugFile(file: vscode.Uri | undefined, options: { noDebug: boolean }): Promise<boolean> {
  const uri = file ?? currentSource()?.uri;
  if (!uri) {
    void vscode.window.showErrorMessage('HartHop: open a RISC-V assembly file (.S or .s) to run it.');
    return false;
  }
  const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  if (open?.isDirty && !(await open.save())) return false;
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return vscode.debug.startDebugging(folder, configurationFor(uri.fsPath), { noDebug: options.noDebug });
}

/** `HartHop: Step Back Into`: the thread that is looked at goes back into the function that has just returned. */
export const stepBackInto = () => goBack('harthop/stepBackInto', 'into a function');
/** `HartHop: Step Back Out`: the thread that is looked at goes back to the call that its function was entered by. */
export const stepBackOut = () => goBack('harthop/stepBackOut', 'out of its function');

async function goBack(request: string, where: string): Promise<void> {
  const session = vscode.debug.activeDebugSession;
  const item = vscode.debug.activeStackItem;
  if (session?.type !== 'harthop' || !item || item.session.id !== session.id) {
    void vscode.window.showErrorMessage(`HartHop: select a hart that is stopped, to step back ${where}.`);
    return;
  }
  try {
    await session.customRequest(request, { threadId: item.threadId });
  } catch (error) {
    void vscode.window.showErrorMessage(`HartHop: ${(error as Error).message}`);
  }
}
