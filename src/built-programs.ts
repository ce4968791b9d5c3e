/** Tells the language server of launch configurations, and of what was run last: which built programs are of interest, and which chip. */
import * as vscode from 'vscode';
import { debugType } from './configuration.js';
import type { LanguageServer } from './language-client.js';

export class BuiltPrograms implements vscode.Disposable {
  private last: string | undefined;
  private chip: string | undefined;
  private readonly registrations: readonly vscode.Disposable[];

  constructor(private readonly server: LanguageServer) {
    this.registrations = [
      vscode.debug.onDidStartDebugSession(({ type, configuration: { program, soc } }) => {
        if (type !== debugType || typeof program !== 'string') return;
        this.last = program;
        if (typeof soc === 'string') this.chip = soc;
        this.tell();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('launch') || change.affectsConfiguration('harthop.soc')) this.tell();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.tell()),
    ];
    this.tell();
  }

  dispose(): void {
    for (const each of this.registrations) each.dispose();
  }

  private tell(): void {
    const configurations = configured();
    const programs = [
      ...(this.last === undefined ? [] : [this.last]),
      ...configurations.flatMap(({ program }) => program || []),
    ];
    this.server.tell('harthop/builds', { programs: [...new Set(programs.filter((path) => !isSource.test(path)))] });
    const soc = isChosen() ? undefined : (this.chip ?? agreed(configurations.map((each) => each.soc)));
    this.server.tell('harthop/chip', { ...(soc !== undefined && { soc }) });
  }
}

const isSource = /\.[sS]$/;

/** Has the user set `harthop.soc`? */
function isChosen(): boolean {
  const { globalValue, workspaceValue, workspaceFolderValue } =
    vscode.workspace.getConfiguration('harthop').inspect('soc') ?? {};
  return (globalValue ?? workspaceValue ?? workspaceFolderValue) !== undefined;
}

/** The one chip of all launch configurations; undefined: they have several, or leave it open. */
const agreed = (list: readonly (string | undefined)[]) => (new Set(list).size === 1 ? list[0] : undefined);

interface Configured {
  readonly program: string;
  readonly soc: string | undefined;
}

/** Programs and chips of launch configurations, where no other variable than the workspace's folder stands in their paths. */
function configured(): Configured[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
    const list = vscode.workspace
      .getConfiguration('launch', folder.uri)
      .get<vscode.DebugConfiguration[]>('configurations');
    const path = (value: unknown) => {
      if (typeof value !== 'string') return undefined;
      const full = value.replaceAll(/\$\{workspaceFolder\}|\$\{workspaceRoot\}/g, folder.uri.fsPath);
      return /\$\{|^$/.test(full) ? undefined : full;
    };
    return (Array.isArray(list) ? list : []).flatMap(({ type, program, soc }) =>
      type === debugType ? [{ program: path(program) ?? '', soc: path(soc) }] : [],
    );
  });
}
