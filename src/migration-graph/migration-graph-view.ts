/** `HartHop: Show Migration Graph`: where threads of the active editor's program change harts, from function to function. */
import * as vscode from 'vscode';
import { currentForecast, isForecast } from '../configuration.js';
import type { LanguageServer } from '../language-client.js';
import { Panel } from '../webview/panel.js';
import type { FromPage, GraphPlace, MigrationGraph, ToPage } from './messages.js';

export class MigrationGraphView implements vscode.Disposable {
  private readonly panel: Panel<ToPage, FromPage>;
  private readonly registrations: readonly vscode.Disposable[];
  /** What is shown: the source that was active last. */
  private source: vscode.Uri | undefined;

  constructor(
    extension: vscode.Uri,
    private readonly server: LanguageServer,
  ) {
    this.panel = new Panel(extension, {
      name: 'migration-graph',
      title: 'Migration Graph',
      keepFocus: true,
      receive: (message) => void this.receive(message),
    });
    const { window } = vscode;
    this.registrations = [
      this.panel,
      vscode.commands.registerCommand('harthop.showMigrationGraph', (uri?: vscode.Uri) => this.show(uri)),
      server.onDidAnalyse((uri) => {
        if (String(uri) === String(this.source)) void this.refresh();
      }),
      window.onDidChangeActiveTextEditor((editor) => {
        if (editor && isForecast(editor.document)) this.follow(editor.document.uri);
      }),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.cursor(textEditor)),
    ];
  }

  dispose(): void {
    for (const each of this.registrations) each.dispose();
  }

  private async show(uri: vscode.Uri | undefined): Promise<void> {
    const chosen = uri ?? currentForecast()?.uri;
    if (chosen) this.follow(chosen);
    // Beside the source, whatever else is open beside that.
    const editor = chosen && this.editorOf(chosen);
    await this.panel.show(editor?.viewColumn === undefined ? undefined : editor.viewColumn + 1);
  }

  private follow(uri: vscode.Uri): void {
    if (String(uri) === String(this.source)) return;
    this.source = uri;
    void this.refresh();
  }

  private async receive(message: FromPage): Promise<void> {
    if (message.type === 'open') return openPlace(message.place);
    // After the window was loaded anew the editors are there already.
    this.source ??= currentForecast()?.uri;
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    const { source, panel } = this;
    if (!panel.isOpen) return;
    if (!source) {
      panel.post({
        type: 'nothing',
        why: 'Open a RISC-V assembly file (.S or .s), or a C source of a program that was built: its migration graph is shown here.',
      });
      return;
    }
    const file = vscode.workspace.asRelativePath(source);
    try {
      const graph = await this.server.ask<MigrationGraph>('harthop/migrationGraph', source);
      if (source !== this.source) return;
      panel.post({ type: 'graph', graph, file, uri: String(source) });
      const editor = this.editorOf(source);
      if (editor) this.cursor(editor);
    } catch {
      // Of a document that changed meanwhile, or that the server has yet to hear of, it is told again; it knows no closed ones.
      const open = vscode.workspace.textDocuments.some((each) => String(each.uri) === String(source));
      if (source === this.source && !open) panel.post({ type: 'nothing', why: `${file} is not open any more.` });
    }
  }

  private editorOf(uri: vscode.Uri): vscode.TextEditor | undefined {
    return vscode.window.visibleTextEditors.find(({ document }) => String(document.uri) === String(uri));
  }

  private cursor({ document, selection }: vscode.TextEditor): void {
    if (this.panel.isOpen && String(document.uri) === String(this.source))
      this.panel.post({ type: 'cursor', line: selection.active.line + 1 });
  }
}

/** Go to a place, in the editor that has the file where one has. */
async function openPlace({ uri, line }: GraphPlace): Promise<void> {
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    const shown = vscode.window.visibleTextEditors.find((each) => each.document === document);
    const at = new vscode.Range(line - 1, 0, line - 1, 0);
    await vscode.window.showTextDocument(document, {
      selection: at,
      viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
    });
  } catch (error) {
    void vscode.window.showErrorMessage(`HartHop: ${(error as Error).message}`);
  }
}
