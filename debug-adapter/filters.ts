import { causes } from '../isa/csrs.js';
import type { MachineEvent, MigrationEvent, TrapEvent } from '../emulator/events.js';

/** Something that the machine reports and that a user can ask to stop at. */
export interface Filter {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  matches(event: MachineEvent): event is MigrationEvent | TrapEvent;
}

const step = (id: MigrationEvent['step'], label: string, description: string): Filter => ({
  id,
  label,
  description,
  matches: (event): event is MigrationEvent => event.kind === 'migration' && event.step === id,
});

const userTrap = (id: string, label: string, description: string, wanted: readonly number[]): Filter => ({
  id,
  label,
  description,
  matches: (event): event is TrapEvent =>
    event.kind === 'trap' && !event.interrupt && event.from === 0 && wanted.includes(event.cause),
});

const { illegal, ecallU, fetchPage, loadPage, storePage } = causes;

/** The next move of a task, whatever it is: not a filter that clients offer. */
export const migrationOf = (tid: number): Filter => ({
  id: 'next-migration',
  label: `Migration of task ${tid}`,
  description: 'The task arrived on an accelerator hart or left one.',
  matches: (event): event is MigrationEvent =>
    event.kind === 'migration' && event.task === tid && (event.step === 'arrive' || event.step === 'leave'),
});

/** A signal reaches a program; the runner finds out (signals.ts), no event says so. */
export const signalFilter: Filter = {
  id: 'signal',
  label: 'Signal',
  description: 'A signal is about to reach a program: by its handler, or by ending it.',
  matches: (_event): _event is TrapEvent => false,
};

/** The exception-breakpoint filters, in the order of a migration. */
export const filters: readonly Filter[] = [
  userTrap('illegal', 'Illegal instruction', 'A user thread met an instruction that its hart lacks or refuses.', [
    illegal,
  ]),
  step('sbi-migrate', 'Migration asked for', 'The kernel asks firmware to move the thread (SBI call `migrate`).'),
  step('arrive', 'Arrival', 'The thread arrived on an accelerator hart.'),
  step(
    'ask',
    'Question',
    'The thread asks from the accelerator hart, without leaving it, for a system call or a page.',
  ),
  step('answer', 'Answer', 'The thread goes on there, its question answered.'),
  step('leave', 'Leave', 'The thread left the accelerator hart.'),
  step('return', 'Return', 'Firmware told the home hart that the thread is back.'),
  step('resume', 'Resume', 'The kernel resumed the thread on an application hart.'),
  userTrap('syscall', 'System call', 'A user thread makes a system call.', [ecallU]),
  userTrap('page-fault', 'Page fault', 'A user thread touched a page that is not there.', [
    fetchPage,
    loadPage,
    storePage,
  ]),
  signalFilter,
];
