/** The views *Tasks*, *Harts* and *Queues* of the debug sidebar, and their commands. */
import * as vscode from 'vscode';
import type { HartsBody } from '../../debug-adapter/views/messages.js';
import { loadHarts } from './harts.js';
import { loadQueues } from './queues.js';
import { loadTasks } from './tasks.js';
import { activeSession, ask, DebugView, type Line, whenChanged } from './view.js';

export function debugViews(): vscode.Disposable {
  const views = [
    new DebugView('harthop.tasks', loadTasks),
    new DebugView('harthop.harts', loadHarts),
    new DebugView('harthop.queues', loadQueues),
  ];
  const commands: Readonly<Record<string, (line?: Line) => unknown>> = {
    'harthop.freezeHart': (line) => ofHart(line, 'Freeze which hart?', (hart) => request('freeze', { freeze: [hart] })),
    'harthop.thawHart': (line) => ofHart(line, 'Thaw which hart?', (hart) => request('freeze', { thaw: [hart] })),
    'harthop.onlyHart': (line) => ofHart(line, 'Run only which hart?', onlyHart),
    'harthop.thawAll': async () => request('freeze', { thaw: await hartNumbers() }),
    'harthop.showHart': (line) => ofHart(line, 'Show which hart?', (hart) => request('focus', { threadId: hart + 1 })),
    'harthop.revealTask': (line) => reveal(line),
    'harthop.previousMigration': (line) => line?.tid !== undefined && request('previousMigration', { tid: line.tid }),
    'harthop.nextMigration': (line) => line?.tid !== undefined && request('nextMigration', { tid: line.tid }),
  };
  const registrations = [
    ...views,
    whenChanged((after) => views.forEach((view) => view.refresh(after))),
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
    vscode.commands.registerCommand('harthop.openPlace', openPlace),
  ];
  return vscode.Disposable.from(...registrations);
}

/** Ask for something; what speaks against it is told. */
async function request(command: string, args: object): Promise<void> {
  try {
    await activeSession()?.customRequest(`harthop/${command}`, args);
  } catch (error) {
    void vscode.window.showErrorMessage(`HartHop: ${(error as Error).message}`);
  }
}

async function hartNumbers(): Promise<number[]> {
  return (await ask<HartsBody>('harthop/harts'))?.harts.map(({ id }) => id) ?? [];
}

/** The hart of the line; from the command palette, the one that is chosen. */
async function ofHart(line: Line | undefined, question: string, then: (hart: number) => Promise<void>): Promise<void> {
  if (line?.hart !== undefined) return then(line.hart);
  const { lines } = await loadHarts();
  const picks = lines.map(({ label, description, hart }) => ({ label, description, hart: hart! }));
  const chosen = await vscode.window.showQuickPick(picks, { placeHolder: question });
  if (chosen) await then(chosen.hart);
}

async function onlyHart(hart: number): Promise<void> {
  const others = (await hartNumbers()).filter((id) => id !== hart);
  await request('freeze', { freeze: others, thaw: [hart] });
}

/** Go to where a task is: to the hart that has it, else to its place in the source. */
async function reveal(line: Line | undefined): Promise<void> {
  // A click hands over the line's name alone: the line itself may be old by now.
  const now = (await loadTasks()).lines.find(({ id }) => id === line?.id);
  if (now?.hart !== undefined) return request('focus', { threadId: now.hart + 1 });
  if (now?.place) await openPlace(now.place);
}

async function openPlace({ path, line }: NonNullable<Line['place']>): Promise<void> {
  const at = new vscode.Range(line - 1, 0, line - 1, 0);
  // The scheme and host of the folder that is open, which may be elsewhere.
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = folder?.scheme === 'vscode-remote' ? folder.with({ path }) : vscode.Uri.file(path);
  await vscode.window.showTextDocument(uri, { selection: at, preview: true });
}
