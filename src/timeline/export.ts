/** `HartHop: Export Trace`: the run so far as a file that Perfetto opens. */
import * as vscode from 'vscode';
import type { TraceBody } from '../../debug-adapter/timeline/model.js';

/** Ask where to, and write it there. */
export async function exportTrace(session: vscode.DebugSession): Promise<void> {
  const { workspaceFolder, configuration } = session;
  const program = String(configuration.program ?? 'run');
  const name = `${program.slice(program.lastIndexOf('/') + 1).replace(/\.\w+$/, '')}.trace.json`;
  const target = await vscode.window.showSaveDialog({
    title: 'Export Trace',
    filters: { 'Chrome trace': ['json'] },
    ...(workspaceFolder && { defaultUri: vscode.Uri.joinPath(workspaceFolder.uri, name) }),
  });
  if (!target) return;
  const location = vscode.ProgressLocation.Notification;
  try {
    const written = await vscode.window.withProgress(
      { location, title: 'HartHop: exporting the trace', cancellable: true },
      async (_, { onCancellationRequested }) => {
        let cancelled = false;
        onCancellationRequested(() => {
          cancelled = true;
        });
        const pieces: Uint8Array[] = [];
        for (let cursor: number | undefined; !cancelled; ) {
          const piece: TraceBody = await session.customRequest('harthop/trace', cursor === undefined ? {} : { cursor });
          pieces.push(new TextEncoder().encode(piece.text));
          cursor = piece.cursor;
          if (cursor !== undefined) continue;
          await vscode.workspace.fs.writeFile(target, joined(pieces));
          return true;
        }
        return false;
      },
    );
    if (written)
      void vscode.window.showInformationMessage(`HartHop: ${target.fsPath} opens in https://ui.perfetto.dev.`);
  } catch (error) {
    void vscode.window.showErrorMessage(`HartHop: the trace could not be exported: ${(error as Error).message}`);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
