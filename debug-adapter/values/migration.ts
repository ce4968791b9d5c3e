import type { MigrationStep } from '../../emulator/events.js';
import type { Debuggee } from '../debuggee.js';
import type { Frame } from '../frame.js';
import { line, type Variable } from './variable.js';

const places: Readonly<Record<string, string>> = {
  calling: 'asking to be moved',
  queued: 'queued for an accelerator hart',
  away: 'running on an accelerator hart',
  leaving: 'running on an accelerator hart, interrupted',
  asking: 'waiting on an accelerator hart for an answer',
  left: 'on its way back',
  returned: 'back, not yet resumed',
  home: 'at home',
};

/** The scope `Migration`: where the thread came from, why it moved last, how often. */
export function migrationScope({ task }: Frame, debuggee: Debuggee): Variable[] {
  const record = task && debuggee.target.migrations.task(task.tid);
  if (!record) return [];
  const times = (name: MigrationStep) => record.history.filter(({ step }) => step === name).length;
  const back = new Map<string, number>();
  for (const { step, reason } of record.history)
    if (step === 'leave') back.set(reason ?? 'unknown', (back.get(reason ?? 'unknown') ?? 0) + 1);
  const steps = () =>
    record.history
      .slice(-100)
      .map(({ step, cycle, hart, reason }, n) =>
        line(`[${n}]`, `${step} on hart ${hart} at cycle ${cycle}${reason ? ` (${reason})` : ''}`),
      );
  return [
    line('task', String(record.tid)),
    line('place', `${places[record.state]}: hart ${record.hart}`),
    line('origin', `hart ${record.origin}`),
    line('last reason', record.reason ?? record.outbound),
    line('trips out', String(times('arrive'))),
    line('trips back', [...back].map(([reason, count]) => `${count} ${reason}`).join(', ') || '0'),
    ...(times('ask') ? [line('questions', `${times('ask')}, ${times('answer')} answered there`)] : []),
    line('history', `${record.history.length} steps`, { children: steps }),
  ];
}
