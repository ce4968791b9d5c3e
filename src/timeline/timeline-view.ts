/** `HartHop: Show Migration Timeline`: who ran where, and who went where, of the session that has the focus. */
import * as vscode from 'vscode';
import type { PlacesBody, TimelineArguments, TimelineBody } from '../../debug-adapter/timeline/model.js';
import { debugType } from '../configuration.js';
import { Panel } from '../webview/panel.js';
import { exportTrace } from './export.js';
import type { FromPage, PlaceStatistics, ToPage } from './messages.js';

export class TimelineView implements vscode.Disposable {
  private readonly panel: Panel<ToPage, FromPage>;
  private readonly registrations: vscode.Disposable[];

  constructor(extension: vscode.Uri) {
    this.panel = new Panel(extension, {
      name: 'timeline',
      title: 'Migration Timeline',
      below: true,
      receive: (message) => void this.receive(message),
    });
    const { debug } = vscode;
    this.registrations = [
      this.panel,
      debug.onDidChangeActiveStackItem(() => this.stale()),
      debug.onDidChangeActiveDebugSession(() => this.stale()),
      debug.registerDebugAdapterTrackerFactory(debugType, {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: ({ type, event }) => {
            if (type === 'event' && events.has(event) && session === this.session) this.stale();
          },
        }),
      }),
      vscode.commands.registerCommand('harthop.showTimeline', () => this.panel.show()),
      vscode.commands.registerCommand('harthop.exportTrace', () => this.export()),
    ];
  }

  dispose(): void {
    for (const each of this.registrations) each.dispose();
  }

  private get session(): vscode.DebugSession | undefined {
    const session = vscode.debug.activeDebugSession;
    return session?.type === debugType ? session : undefined;
  }

  private stale(): void {
    if (!this.panel.isOpen) return;
    if (this.session) this.panel.post({ type: 'stale' });
    else this.panel.post({ type: 'nothing', why: 'The session has ended: this is what was seen of it last.' });
  }

  /** The hart that has the focus in the call stack. */
  private get hart(): number | undefined {
    const item = vscode.debug.activeStackItem;
    return item && item.session === this.session ? item.threadId - 1 : undefined;
  }

  private async export(): Promise<void> {
    const { session } = this;
    if (session) await exportTrace(session);
    else void vscode.window.showErrorMessage('HartHop: a trace can be exported while a session lasts; there is none.');
  }

  private async receive(message: FromPage): Promise<void> {
    if (message.type === 'export') return this.export();
    if (message.type === 'open') return openPlace(message.place);
    const { session } = this;
    if (!session) {
      this.panel.post({ type: 'nothing', why: 'No HartHop program is being debugged.' });
      return;
    }
    try {
      switch (message.type) {
        case 'ready':
          this.panel.post({ type: 'stale' });
          return;
        case 'look': {
          const body: TimelineBody = await session.customRequest(
            'harthop/timeline',
            message.look satisfies TimelineArguments,
          );
          this.panel.post({ type: 'answer', id: message.id, body, hart: this.hart });
          return;
        }
        case 'places': {
          const { places }: PlacesBody = await session.customRequest('harthop/places');
          this.panel.post({ type: 'places', places });
          return;
        }
        case 'goTo':
          await session.customRequest('harthop/goTo', message.to);
          return;
      }
    } catch (error) {
      const id = message.type === 'look' ? { id: message.id } : {};
      this.panel.post({ type: 'refused', ...id, message: (error as Error).message });
    }
  }
}

/** After these what was looked at is another. */
const events = new Set(['stopped', 'continued', 'exited', 'thread']);

async function openPlace({ source, line }: PlaceStatistics): Promise<void> {
  if (!source?.path || line === undefined) return;
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(source.path));
    const at = new vscode.Range(line - 1, 0, line - 1, 0);
    await vscode.window.showTextDocument(document, { selection: at, viewColumn: vscode.ViewColumn.One });
  } catch (error) {
    void vscode.window.showErrorMessage(`HartHop: ${source.name ?? source.path}: ${(error as Error).message}`);
  }
}
