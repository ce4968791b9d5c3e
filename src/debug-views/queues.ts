/** The view *Queues*: who waits before an accelerator hart, in a completion ring, or in the kernel. */
import * as vscode from 'vscode';
import type { QueueLine, QueuesBody } from '../../debug-adapter/views/messages.js';
import { ask, type Content, type Line } from './view.js';

const icons: Readonly<Record<QueueLine['kind'], string>> = {
  inbound: 'inbox',
  completions: 'reply',
  outbound: 'list-ordered',
};

export async function loadQueues(): Promise<Content> {
  const body = await ask<QueuesBody>('harthop/queues');
  if (!body) return { lines: [] };
  return { lines: body.queues.map(lineOf), ...(body.notes.length && { message: body.notes.join(' ') }) };
}

function lineOf({ id, name, kind, about, places, entries }: QueueLine): Line {
  const much = places === undefined ? `${entries.length}` : `${entries.length} of ${places}`;
  return {
    id: `queue ${id}`,
    label: name,
    description: entries.length ? much : 'empty',
    icon: new vscode.ThemeIcon(icons[kind]),
    tooltip: about,
    spoken: `${name}, ${entries.length ? `${much} places taken` : 'empty'}`,
    open: true,
    children: entries.map((entry, n) => ({
      id: `queue ${id} ${n}`,
      label: `task ${entry.tid}${entry.name ? ` ${entry.name}` : ''}`,
      description: entry.text,
      icon: new vscode.ThemeIcon('person'),
      tooltip: [`task ${entry.tid}: ${entry.text}`, ...entry.details].join('\n'),
    })),
  };
}
