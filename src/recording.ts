/** `HartHop: Save Recording…`: the run of the active session as a file, to be replayed or debugged anywhere. */
import * as vscode from 'vscode';
import type { SaveRecordingBody } from '../debug-adapter/protocol.js';
import { debugType } from './configuration.js';

/** A name for the file, beside the program where it has one. */
function suggestion(session: vscode.DebugSession): vscode.Uri | undefined {
  const folder = (session.workspaceFolder ?? vscode.workspace.workspaceFolders?.[0])?.uri;
  const named = String(session.configuration.program ?? session.configuration.recording ?? 'run');
  const name = named
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.[^.]*$/, '');
  return folder && vscode.Uri.joinPath(folder, `${name}.harthop`);
}

/** @param target where to; without it the user is asked */
export async function saveRecording(target?: vscode.Uri): Promise<vscode.Uri | undefined> {
  const session = vscode.debug.activeDebugSession;
  if (session?.type !== debugType) {
    void vscode.window.showErrorMessage('HartHop: there is no debug session whose run could be saved.');
    return undefined;
  }
  try {
    const { content } = (await session.customRequest('harthop/saveRecording')) as SaveRecordingBody;
    const file =
      target ??
      (await vscode.window.showSaveDialog({
        defaultUri: suggestion(session),
        filters: { 'HartHop recordings': ['harthop'] },
        saveLabel: 'Save Recording',
      }));
    if (!file) return undefined;
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(content));
    return file;
  } catch (error) {
    void vscode.window.showErrorMessage(`HartHop: the run can't be saved: ${(error as Error).message}`);
    return undefined;
  }
}
