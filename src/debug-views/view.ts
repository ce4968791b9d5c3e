/** A tree in the debug sidebar that shows what a request of the debug adapter answers, anew at every stop. */
import * as vscode from 'vscode';
import { debugType } from '../configuration.js';

/** While the program runs, what is seen is this old at most. */
const RUNNING_REFRESH_MS = 1000;
/** A stop is told by several messages at once. */
const TOGETHER_MS = 30;

/** A line of a tree. */
export interface Line {
  /** The same from stop to stop, so that what is open stays open. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly icon?: vscode.ThemeIcon;
  /** Plain text, several lines. */
  readonly tooltip?: string;
  /** Read aloud in place of label and description. */
  readonly spoken?: string;
  /** What the menus in package.json go by. */
  readonly context?: string;
  readonly command?: vscode.Command;
  readonly children?: readonly Line[];
  readonly open?: boolean;
  /** For commands on this line. */
  readonly hart?: number;
  readonly tid?: number;
  readonly place?: { readonly path: string; readonly line: number };
}

/** What a view shows: lines, and a sentence above them. */
export interface Content {
  readonly lines: readonly Line[];
  readonly message?: string;
}

/** The harthop session that the user looks at. */
export function activeSession(): vscode.DebugSession | undefined {
  const session = vscode.debug.activeDebugSession;
  return session?.type === debugType ? session : undefined;
}

/** Ask the debug adapter; undefined where it has no answer (the program ended meanwhile). */
export async function ask<Body>(command: string, args?: object): Promise<Body | undefined> {
  try {
    return await activeSession()?.customRequest(command, args);
  } catch {
    return undefined;
  }
}

export class DebugView implements vscode.TreeDataProvider<Line>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Line>;
  private timer: NodeJS.Timeout | undefined;

  /** @param load what there is to show now */
  constructor(
    id: string,
    private readonly load: () => Promise<Content>,
  ) {
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: true });
    this.view.onDidChangeVisibility(() => this.refresh());
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.view.dispose();
    this.changed.dispose();
  }

  /** Load anew, soon. */
  refresh(after = TOGETHER_MS): void {
    clearTimeout(this.timer);
    if (this.view.visible) this.timer = setTimeout(() => this.changed.fire(undefined), after);
  }

  getTreeItem(line: Line): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(line.label, line.children?.length ? (line.open ? Expanded : Collapsed) : None);
    item.id = line.id;
    item.description = line.description;
    item.iconPath = line.icon;
    item.tooltip = line.tooltip ?? line.spoken;
    item.contextValue = line.context;
    item.command = line.command;
    item.accessibilityInformation = { label: line.spoken ?? [line.label, line.description].filter(Boolean).join(', ') };
    return item;
  }

  async getChildren(line?: Line): Promise<Line[]> {
    if (line) return [...(line.children ?? [])];
    const { lines, message } = activeSession() ? await this.load() : { lines: [], message: undefined };
    this.view.message = message;
    return [...lines];
  }
}

/** Calls `refresh` whenever what the views show may have changed. */
export function whenChanged(refresh: (after?: number) => void): vscode.Disposable {
  let running: NodeJS.Timeout | undefined;
  const stopped = () => clearInterval(running);
  const factory: vscode.DebugAdapterTrackerFactory = {
    createDebugAdapterTracker: (session) => ({
      onDidSendMessage({ type, event, command }) {
        if (session !== activeSession()) return;
        if (type === 'event' && event === 'stopped') stopped();
        if (type === 'event' && ['stopped', 'invalidated', 'memory'].includes(event)) refresh();
        if (type !== 'response' || !['continue', 'configurationDone'].includes(command)) return;
        stopped();
        running = setInterval(() => refresh(0), RUNNING_REFRESH_MS);
      },
      onExit: stopped,
      onWillStopSession: stopped,
    }),
  };
  const registrations = [
    vscode.debug.registerDebugAdapterTrackerFactory(debugType, factory),
    vscode.debug.onDidChangeActiveDebugSession(() => refresh()),
  ];
  return new vscode.Disposable(() => {
    stopped();
    for (const each of registrations) each.dispose();
  });
}
