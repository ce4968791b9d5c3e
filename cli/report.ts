/** What `--json` writes. */
import type { Machine } from '../emulator/machine.js';
import type { Migration } from '../emulator/migration.js';

export interface Report {
  /** The guest's exit status; null when it did not end by itself. */
  readonly exit: number | null;
  /** Instructions retired, per hart. */
  readonly instructions: readonly number[];
  /** The machine's time at the end: that of the hart that is furthest. */
  readonly cycles: number;
  /** Every crossing in order; `pc` is the thread's, in hex with 0x. */
  readonly migrations: readonly (Omit<Migration, 'pc'> & { readonly pc: string })[];
}

export const reportOf = ({ harts, migrations }: Machine, exit: number | null): Report => ({
  exit,
  instructions: harts.map(({ instret }) => instret),
  cycles: Math.max(...harts.map(({ time }) => time)),
  migrations: migrations.list.map(({ task, from, to, pc, reason, cycle }) => {
    return { task, from, to, pc: `0x${pc.toString(16)}`, reason, cycle };
  }),
});
