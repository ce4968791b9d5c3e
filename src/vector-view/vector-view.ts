/** `HartHop: Show Vector Registers`: lanes as cells, of the thread that has the focus or of one that is pinned. */
import * as vscode from 'vscode';
import type { SetLaneAnswer, VectorAnswer, VectorOwner } from '../../debug-adapter/vector-messages.js';
import { debugType } from '../configuration.js';
import { Panel } from '../webview/panel.js';
import type { FromPage, ToPage } from './messages.js';

/** What VS Code hands to a command in the menu of a variable, or of a line of the Tasks view. */
interface Chosen {
  readonly variable?: { readonly name?: string; readonly evaluateName?: string };
  readonly tid?: number;
}

export class VectorView implements vscode.Disposable {
  private readonly panel: Panel<ToPage, FromPage>;
  private readonly registrations: vscode.Disposable[];
  /** To be shown when the page is there. */
  private wanted: ToPage | undefined;

  constructor(extension: vscode.Uri) {
    this.panel = new Panel(extension, {
      name: 'vector-view',
      title: 'Vector Registers',
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
          // Something was set, in the Variables view or here.
          onDidSendMessage: ({ type, event }) => {
            if (type === 'event' && event === 'invalidated' && session === this.session) this.stale();
          },
        }),
      }),
      vscode.commands.registerCommand('harthop.showVectors', (of?: Chosen) => this.show(of)),
    ];
  }

  dispose(): void {
    for (const each of this.registrations) each.dispose();
  }

  private async show(of?: Chosen): Promise<void> {
    this.wanted = wantedBy(of);
    const open = this.panel.isOpen;
    await this.panel.show();
    if (open) this.reveal();
  }

  private reveal(): void {
    if (this.wanted) this.panel.post(this.wanted);
    this.wanted = undefined;
  }

  private get session(): vscode.DebugSession | undefined {
    const session = vscode.debug.activeDebugSession;
    return session?.type === debugType ? session : undefined;
  }

  private stale(): void {
    if (this.panel.isOpen) this.panel.post({ type: 'stale' });
  }

  /** The frame, or the hart, that has the focus in the call stack. */
  private get focus(): VectorOwner {
    const item = vscode.debug.activeStackItem;
    if (!item || item.session !== this.session) return {};
    return 'frameId' in item ? { frameId: item.frameId } : { threadId: item.threadId };
  }

  private async receive(message: FromPage): Promise<void> {
    if (message.type === 'ready') {
      this.reveal();
      return;
    }
    const { session } = this;
    if (!session) {
      this.panel.post({ type: 'nothing', why: 'No HartHop program is being debugged.' });
      return;
    }
    if (message.type === 'look') {
      const { id, look } = message;
      try {
        const owner = look.task === undefined ? this.focus : {};
        const answer: VectorAnswer = await session.customRequest('harthop/vector', { ...look, ...owner });
        this.panel.post({ type: 'answer', id, answer });
      } catch (error) {
        this.panel.post({ type: 'refused', id, message: (error as Error).message });
      }
      return;
    }
    try {
      const owner = message.lane.task === undefined ? this.focus : {};
      await (session.customRequest('harthop/setLane', { ...message.lane, ...owner }) as Thenable<SetLaneAnswer>);
      this.panel.post({ type: 'set' });
    } catch (error) {
      this.panel.post({ type: 'set', message: (error as Error).message });
    }
  }
}

function wantedBy(chosen: Chosen | undefined): ToPage | undefined {
  if (chosen?.tid !== undefined) return { type: 'pin', task: chosen.tid };
  const register = /\bv(\d+)\b/.exec(chosen?.variable?.evaluateName ?? chosen?.variable?.name ?? '')?.[1];
  return register === undefined ? undefined : { type: 'reveal', register: Number(register) };
}
