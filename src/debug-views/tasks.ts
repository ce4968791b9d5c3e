/** The view *Tasks*: each software thread of the guest, where it is, where it has been, and what is saved of its vectors. */
import * as vscode from 'vscode';
import type { CodePlace, MoveLine, TaskLine, TaskPlace, TasksBody } from '../../debug-adapter/views/messages.js';
import { ask, type Content, type Line } from './view.js';

const icons: Readonly<Record<TaskPlace, string>> = {
  running: 'play-circle',
  ready: 'circle-outline',
  asleep: 'watch',
  outbound: 'list-ordered',
  queued: 'list-ordered',
  away: 'rocket',
  asking: 'question',
  returning: 'reply',
  ended: 'circle-slash',
};
const wayIcons: Readonly<Record<MoveLine['way'], string>> = {
  out: 'arrow-right',
  back: 'arrow-left',
  asks: 'question',
};

export async function loadTasks(): Promise<Content> {
  const body = await ask<TasksBody>('harthop/tasks');
  return { lines: (body?.tasks ?? []).map(lineOf), ...(body?.note && { message: body.note }) };
}

const spokenPlace = ({ source, line, symbol, pc }: CodePlace) => (source ? `${source.name}:${line}` : (symbol ?? pc));

/** Where a click on a line leads: a file of the user's disk. */
const placeOf = (code: CodePlace | undefined): Line['place'] =>
  code?.source?.path && code.line ? { path: code.source.path, line: code.line } : undefined;

function lineOf(task: TaskLine): Line {
  const id = `task ${task.tid}`;
  const { vector, code } = task;
  const returns = Object.entries(task.returns).map(([reason, count]) => `${count} ${reason}`);
  const state = 'word' in vector ? vector.word : 'not known';
  const facts: Line[] = [
    fact('where', task.where),
    ...(code ? [{ ...fact('code', spokenPlace(code)), ...opens(placeOf(code)) }] : []),
    ...(task.pid === undefined ? [] : [fact('process', String(task.pid))]),
    {
      ...fact('vector state', state),
      tooltip: 'word' in vector ? `${vector.word}: ${vector.meaning}` : vector.unknown,
    },
    fact('trips', task.trips ? `${task.trips} out, back: ${returns.join(', ') || 'none'}` : 'none'),
    ...(task.questions ? [fact('questions', String(task.questions))] : []),
    {
      ...fact('last moves', task.moves.length ? String(task.moves.length) : 'none'),
      children: task.moves.map((move, n) => moveLine(`${id} move ${n}`, move)).reverse(),
    },
  ];
  function fact(name: string, value: string): Line {
    return { id: `${id} ${name}`, label: name, description: value };
  }
  const reveal = task.onHart ? 'on a hart' : placeOf(code) ? 'with source' : 'nowhere';
  return {
    id,
    label: `${id} ${task.name}`.trim(),
    description: task.where,
    icon: new vscode.ThemeIcon(icons[task.place]),
    tooltip: [
      `${id} ${task.name}`.trim(),
      ...facts.map(({ label, description }) => `${label}: ${description}`),
      'word' in vector ? `${vector.word}: ${vector.meaning}` : vector.unknown,
    ].join('\n'),
    spoken: `${id} ${task.name}, ${task.where}, vector state ${state}`,
    context: `task ${reveal}${task.place === 'ended' ? ' ended' : ''}`,
    ...(reveal !== 'nowhere' && {
      command: { command: 'harthop.revealTask', title: 'Show', arguments: [{ id }] },
    }),
    tid: task.tid,
    ...(task.onHart && { hart: task.hart }),
    place: placeOf(code),
    children: facts,
  };
}

function opens(place: Line['place']): Partial<Line> {
  if (!place) return {};
  return { place, command: { command: 'harthop.openPlace', title: 'Open', arguments: [place] } };
}

function moveLine(id: string, { way, from, to, reason, cycle, code }: MoveLine): Line {
  const harts = `hart ${from ?? '?'} → hart ${to ?? '?'}`;
  const what = way === 'asks' ? `asks hart ${to ?? '?'}` : harts;
  return {
    id,
    label: what,
    description: `${reason} · ${spokenPlace(code)} · cycle ${cycle}`,
    icon: new vscode.ThemeIcon(wayIcons[way]),
    tooltip: `${what}, reason ${reason}\n${code.symbol ?? code.pc} (${spokenPlace(code)})\ncycle ${cycle}`,
    spoken: `${what.replace('→', 'to')}, reason ${reason}, at ${spokenPlace(code)}, cycle ${cycle}`,
    ...opens(placeOf(code)),
  };
}
