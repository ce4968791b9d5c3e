/** The published figures, and ours beside them. */
import { deviation, worst } from './chapters/scaling.js';
import { count, type Figures, percent, ratio, table } from './figures.js';

interface Row {
  readonly what: string;
  readonly published: string;
  /** As a number, where a quotient of ours and theirs says something. */
  readonly theirs?: number;
  /** Undefined: not measured here. */
  ours(figures: Figures): number | undefined;
  readonly shown: (value: number) => string;
  /** Why they differ. */
  readonly reason: string;
}

const times = (value: number) => `${value.toFixed(2)} times`;
const slower = (figures: Figures, name: string) => figures[`matrix.${name}`]! / figures[`matrix.${name}.pinned`]! - 1;
/** A kernel of a few thousand lines takes fewer instructions to do the same. */
const SMALL_KERNEL =
  'One cycle is one instruction on both. Linux enters and leaves a system call through far more code than our kernel (entry work, tracing and audit hooks, seccomp)';

const rows: readonly Row[] = [
  {
    what: '`sched_setaffinity()` takes so many times the cycles of one migration',
    published: '2.1 times',
    theirs: 2.1,
    ours: (f) => f['trip.one.pinned.out']! / f['trip.one.out']!,
    shown: times,
    reason:
      'Both are shorter here. Our `sched_setaffinity` does what a general kernel does (mask, move to another run queue, interrupt, switch), without the scheduling classes, accounting and the kernel thread that carries a task over in Linux. The migration stores the registers straight where the kernel has them, and copies none twice',
  },
  {
    what: 'the same, until the first vector instruction is done',
    published: '',
    ours: (f) => (f['trip.one.pinned.out']! + f['trip.one.pinned.first']!) / f['trip.one.out']!,
    shown: times,
    reason:
      'The pinned thread has to be given the vector unit too, by a trap of its own: the migration includes that, the published comparison says nothing of it',
  },
  {
    what: '`getpid()` at home',
    published: '988',
    theirs: 988,
    ours: (f) => f['calls.native'],
    shown: count,
    reason: SMALL_KERNEL,
  },
  {
    what: '`getpid()` that brings the thread home',
    published: '4,524',
    theirs: 4524,
    ours: (f) => f['calls.move'],
    shown: count,
    reason:
      'The native part is smaller; the accelerator hart writes the completion, nothing is locked in memory, and vector registers are discarded at a system call instead of copied',
  },
  {
    what: 'and so many more than at home',
    published: '3,536',
    theirs: 3536,
    ours: (f) => f['calls.move.over'],
    shown: count,
    reason: 'As above',
  },
  {
    what: 'matrix product, migrating beside pinned',
    published: '−27 % (−20,000)',
    ours: (f) => slower(f, 'plain'),
    shown: percent,
    reason:
      'What is won is two `sched_setaffinity` and the trap that gives the vector unit, less one trip. Here these take some thousands of cycles, there they took tens of thousands: the product takes as long, so a smaller part of it is left to be won',
  },
  {
    what: 'the same with 14 system calls',
    published: '+34 % (+30,000)',
    ours: (f) => slower(f, 'calls'),
    shown: percent,
    reason:
      'Fourteen more trips. The pinned program loses at each call too: its vector state is discarded there, and the next vector instruction traps to be given the unit again',
  },
  {
    what: 'the same, only the calls travel',
    published: '',
    ours: (f) => (f['matrix.calls.ask'] === undefined ? undefined : slower(f, 'calls.ask')),
    shown: percent,
    reason: 'Not there in the published system',
  },
  {
    what: 'the plain product 1,000 times, migrating beside pinned',
    published: 'equal',
    ours: (f) => slower(f, 'thousand'),
    shown: (value) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(2)} %`,
    reason: 'One trip in 80 million cycles',
  },
  {
    what: 'threads that share one vector hart: the worst that run time lies above linear, 1 to 16 of them',
    published: 'no worse',
    ours: (f) => worst(f, 'long', 'migrating', [1]),
    shown: percent,
    reason:
      'Trips of one thread overlap with the vector work of another, so run time grows by less than a thread’s own',
  },
  {
    what: 'two threads on two application harts, above linear',
    published: 'slower, unexplained',
    ours: (f) => deviation(f, 'long', 'migrating', 2, 1),
    shown: percent,
    reason:
      'Absent. What the published prototype did can make one: its return was forced on the home hart whatever that did, and one global word named the thread to wake, so that two returns close together, possible from two application harts on, lost one until something else looked. Here each completion has an entry of its own',
  },
];

export function publishedTable(figures: Figures): string {
  return table(
    ['', 'published', 'here', 'here / published', 'why they differ'],
    rows.map(({ what, published, theirs, ours, shown, reason }) => {
      const value = ours(figures);
      return [
        what,
        published || '—',
        value === undefined ? 'not there' : shown(value),
        theirs ? ratio(value, theirs) : '',
        reason,
      ];
    }),
    false,
  );
}
