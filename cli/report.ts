/** What `--json` writes. */
import type { Machine } from '../emulator/machine.js';
import type { Migration, Question } from '../emulator/trip.js';

export interface Report {
  /** The guest's exit status; null when it did not end by itself. */
  readonly exit: number | null;
  /** Instructions retired, per hart. */
  readonly instructions: readonly number[];
  /** The machine's time at the end: that of the hart that is furthest. */
  readonly cycles: number;
  /** Every crossing in order; `pc` is the thread's, in hex with 0x. */
  readonly migrations: readonly InHex<Omit<Migration, 'way'>>[];
  /** Where threads asked: every question in order; `answered` is the cycle at which the thread went on, null where it came home instead. */
  readonly questions?: readonly (InHex<Omit<Question, 'answered'>> & { readonly answered: number | null })[];
}

type InHex<T> = Omit<T, 'pc'> & { readonly pc: string };
const inHex = (pc: bigint) => `0x${pc.toString(16)}`;

export function reportOf({ harts, migrations: { list, questions } }: Machine, exit: number | null): Report {
  return {
    exit,
    instructions: harts.map(({ instret }) => instret),
    cycles: Math.max(...harts.map(({ time }) => time)),
    migrations: list.map(({ task, from, to, pc, reason, cycle }) => {
      return { task, from, to, pc: inHex(pc), reason, cycle };
    }),
    ...(questions.length && {
      questions: questions.map(({ task, hart, pc, reason, cycle, answered }) => {
        return { task, hart, pc: inHex(pc), reason, cycle, answered: answered ?? null };
      }),
    }),
  };
}
