/** A colour in the overview ruler, beside the scroll bar, for each place where a thread changes harts. */
import * as vscode from 'vscode';
import type { MigrationPlace, Migrations } from '../language-server/messages.js';
import { isForecast } from './configuration.js';
import type { LanguageServer } from './language-client.js';

const colours: Readonly<Record<MigrationPlace['way'], string>> = {
  leave: 'harthop.leaveForeground',
  return: 'harthop.returnForeground',
  both: 'harthop.returnAndLeaveForeground',
};

export class OverviewRuler implements vscode.Disposable {
  private readonly decorations = Object.entries(colours).map(([way, colour]) => ({
    way,
    type: vscode.window.createTextEditorDecorationType({
      overviewRulerColor: new vscode.ThemeColor(colour),
      // To the left and right lie the marks of changes and of mistakes.
      overviewRulerLane: vscode.OverviewRulerLane.Center,
    }),
  }));
  private readonly registrations: readonly vscode.Disposable[];

  constructor(private readonly server: LanguageServer) {
    const { window } = vscode;
    this.registrations = [
      server.onDidAnalyse((uri) => this.mark((editor) => String(editor.document.uri) === String(uri))),
      window.onDidChangeVisibleTextEditors(() => this.mark(() => true)),
      ...this.decorations.map(({ type }) => type),
    ];
  }

  dispose(): void {
    for (const each of this.registrations) each.dispose();
  }

  private mark(which: (editor: vscode.TextEditor) => boolean): void {
    for (const editor of vscode.window.visibleTextEditors)
      if (isForecast(editor.document) && which(editor)) void this.draw(editor);
  }

  private async draw(editor: vscode.TextEditor): Promise<void> {
    const { uri, version } = editor.document;
    // A server that ends while it is asked has said so itself.
    const answer = await this.server.ask<Migrations>('harthop/migrations', uri).catch(() => undefined);
    // What was edited meanwhile is analysed, and comes here, once more.
    if (!answer || editor.document.version !== version) return;
    for (const { way, type } of this.decorations)
      editor.setDecorations(
        type,
        answer.places
          .filter((each) => each.way === way)
          .map(({ range: { start, end } }) => new vscode.Range(start.line, start.character, end.line, end.character)),
      );
  }
}
