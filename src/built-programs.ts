/** Tells the language server which built programs are of interest: those of launch configurations, and the one that was run last. */
import * as vscode from 'vscode';
import { debugType } from './configuration.js';
import type { LanguageServer } from './language-client.js';

export class BuiltPrograms implements vscode.Disposable {
  private last: string | undefined;
  private readonly registrations: readonly vscode.Disposable[];

  constructor(private readonly server: LanguageServer) {
    this.registrations = [
      vscode.debug.onDidStartDebugSession(({ type, configuration: { program } }) => {
        if (type !== debugType || typeof program !== 'string') return;
        this.last = program;
        this.tell();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration('launch') && this.tell()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.tell()),
    ];
    this.tell();
  }

  dispose(): void {
    for (const each of this.registrations) each.dispose();
  }

  private tell(): void {
    const programs = [...(this.last === undefined ? [] : [this.last]), ...configured()];
    this.server.tell('harthop/builds', { programs: [...new Set(programs.filter((path) => !isSource.test(path)))] });
  }
}

const isSource = /\.[sS]$/;

/** Programs of launch configurations, where no other variable than the workspace's folder stands in their paths. */
function configured(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
    const list = vscode.workspace
      .getConfiguration('launch', folder.uri)
      .get<vscode.DebugConfiguration[]>('configurations');
    return (Array.isArray(list) ? list : []).flatMap(({ type, program }) => {
      if (type !== debugType || typeof program !== 'string') return [];
      const path = program.replaceAll(/\$\{workspaceFolder\}|\$\{workspaceRoot\}/g, folder.uri.fsPath);
      return /\$\{|^$/.test(path) ? [] : [path];
    });
  });
}
