/** The view *Harts*: what each is, what it does, how busy it is; freeze and thaw. */
import * as vscode from 'vscode';
import type { HartLine, HartsBody } from '../../debug-adapter/views/messages.js';
import { ask, type Content, type Line } from './view.js';

const privileges: Readonly<Record<string, string>> = { U: 'user mode', S: 'supervisor mode', M: 'machine mode' };
const percent = (share: number) => (share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(100 * share)} %`);

export async function loadHarts(): Promise<Content> {
  const body = await ask<HartsBody>('harthop/harts');
  return { lines: (body?.harts ?? []).map(lineOf) };
}

function lineOf(hart: HartLine): Line {
  const { id, isa, role, privilege, task, frozen, load, recentLoad } = hart;
  const doing = task
    ? `${task.sent ? 'sent ' : ''}task ${task.tid} ${task.name}`.trim()
    : hart.idle
      ? 'idle'
      : undefined;
  const state = frozen ? 'frozen' : 'running';
  const facts: [name: string, value: string][] = [
    ['ISA', isa],
    ['VLEN', hart.vlen ? `${hart.vlen} bits` : 'no vectors'],
    ['role', role ?? 'not known'],
    ['privilege', `${privilege} (${privileges[privilege] ?? privilege})`],
    ['task', task ? `${task.tid} ${task.name}`.trim() : 'none'],
    ['busy since start', percent(load)],
    ...(recentLoad === undefined ? [] : [['busy since last stop', percent(recentLoad)] as [string, string]]),
    ['turns', frozen ? 'none: frozen' : 'as they come'],
  ];
  return {
    id: `hart ${id}`,
    label: `hart ${id}`,
    description: [isa, privilege, doing, percent(recentLoad ?? load), ...(frozen ? ['frozen'] : [])]
      .filter(Boolean)
      .join(' · '),
    icon: frozen
      ? new vscode.ThemeIcon('lock', new vscode.ThemeColor('disabledForeground'))
      : new vscode.ThemeIcon(role === 'accelerator' ? 'zap' : 'chip'),
    tooltip: [`hart ${id}`, ...facts.map(([name, value]) => `${name}: ${value}`)].join('\n'),
    spoken: [`hart ${id}`, role, isa, privileges[privilege], doing, `busy ${percent(load)}`, frozen && 'frozen']
      .filter(Boolean)
      .join(', '),
    context: `hart ${state}`,
    hart: id,
    children: facts.map(([name, value]) => ({ id: `hart ${id} ${name}`, label: name, description: value })),
  };
}
