/** A migration there and back, beside sched_setaffinity there and back: from the guest's view, and by stage from the event stream. */
import type { MigrationEvent } from '../../../emulator/events.js';
import { type Chapter, count, type Figures, median, table } from '../figures.js';
import { type Guest, run } from '../guest.js';

const ROUNDS = 256;
/** Rounds before all code and data have been touched. */
const WARM_UP = 16;
const WORDS = 5;

/** The published system's chips: some application harts, one vector hart. */
const chips = { one: { applications: 1, accelerators: 1 }, two: { applications: 2, accelerators: 1 } };
/** As published: for a system call the thread comes home. */
export const MOVING = 'migrate.calls=move migrate.faults=move';

export interface Trip {
  /** From the first vector instruction to its successor; pinned, sched_setaffinity. */
  readonly out: number;
  /** The next vector instruction. */
  readonly first: number;
  /** getpid from the vector hart. */
  readonly call: number;
  /** getpid again; pinned, sched_setaffinity back. */
  readonly back: number;
  /** A round as a whole, the mean of all. */
  readonly round: number;
  /** Arrivals on the vector hart in a round. */
  readonly trips: number;
  readonly steps: readonly MigrationEvent[];
}

/** Run `trip.S`: medians of its rounds. */
export async function trip(guest: Omit<Guest, 'program'>): Promise<Trip> {
  const { words, steps, trips } = await run({
    ...guest,
    program: 'trip',
    constants: { ROUNDS, ...guest.constants },
  });
  const column = (n: number) => words.filter((_, i) => i % WORDS === n && i >= WARM_UP * WORDS);
  const [out, first, call, back] = [0, 1, 2, 3].map((n) => median(column(n))) as [number, number, number, number];
  const rounds = column(4);
  const round = Math.round(rounds.reduce((a, b) => a + b) / rounds.length);
  return { out, first, call, back, round, trips: trips / ROUNDS, steps };
}

/** Stages on the critical path: from the first of these steps to the last that comes before the next such. */
const stages = [
  ['trap', 'illegal', 'sbi-migrate', 'application hart: the kernel decodes the instruction and calls firmware'],
  ['send', 'sbi-migrate', 'arrive', 'both: firmware sends the thread; the vector hart loads its registers'],
  [
    'home',
    'leave',
    'return',
    'both: the vector hart saves the registers and announces the thread; the kernel is interrupted',
  ],
  [
    'serve',
    'return',
    'resume',
    'application hart: the kernel takes the thread back, serves the call, goes to user mode',
  ],
] as const;

/** Cycles from each step `from` to the next `to`. */
function between(steps: readonly MigrationEvent[], from: string, to: string): number {
  const times: number[] = [];
  let start: number | undefined;
  for (const { step, cycle } of steps.toSorted((a, b) => a.cycle - b.cycle)) {
    if (step === from) start = cycle;
    else if (step === to && start !== undefined) {
      times.push(cycle - start);
      start = undefined;
    }
  }
  return median(times.slice(WARM_UP));
}

export const tripChapter: Chapter = {
  name: 'trip',
  quick: true,
  async measure() {
    const figures: Record<string, number> = {};
    for (const [name, chip] of Object.entries(chips)) {
      const moved = await trip({ chip, words: MOVING });
      const pinned = await trip({ chip, pinned: true });
      figures[`trip.${name}.out`] = moved.out;
      figures[`trip.${name}.call`] = moved.call;
      figures[`trip.${name}.native`] = moved.back;
      figures[`trip.${name}.round`] = moved.round;
      // The vector instruction itself and the system call itself are no part of the trip.
      figures[`trip.${name}.over`] = moved.out + moved.call - moved.back - moved.first;
      figures[`trip.${name}.pinned.out`] = pinned.out;
      figures[`trip.${name}.pinned.first`] = pinned.first;
      figures[`trip.${name}.pinned.call`] = pinned.call;
      figures[`trip.${name}.pinned.back`] = pinned.back;
      figures[`trip.${name}.pinned.round`] = pinned.round;
      for (const [stage, from, to] of stages) figures[`trip.${name}.${stage}`] = between(moved.steps, from, to);
    }
    return figures;
  },
  tables(figures) {
    const cell = (chip: string, name: string) => count(figures[`trip.${chip}.${name}`]);
    const row = (what: string, name: string) => [what, cell('one', name), cell('two', name)];
    const heads = ['cycles', 'app1-vec1', 'app2-vec1'];
    return {
      trip: table(heads, [
        row('migration out: the vector instruction, until it is done', 'out'),
        row('and back: `getpid` from the vector hart, which ends at home', 'call'),
        row('`getpid` at home', 'native'),
        row('**out and back, over native**', 'over'),
        row('`sched_setaffinity` to the vector hart', 'pinned.out'),
        row('then the first vector instruction', 'pinned.first'),
        row('`getpid` there', 'pinned.call'),
        row('`sched_setaffinity` back', 'pinned.back'),
        row('a whole round, migrating', 'round'),
        row('a whole round, pinned', 'pinned.round'),
      ]),
      stages: table(
        ['stage', 'where, what', 'app1-vec1', 'app2-vec1'],
        stages.map(([stage, from, to, what]) => [
          `\`${from}\` to \`${to}\``,
          what,
          cell('one', stage),
          cell('two', stage),
        ]),
      ),
    };
  },
};

/** Where the four stages of a trip on the smallest chip go, for the plot. */
export const stageFigures = (figures: Figures) =>
  stages.map(([stage, from, to]) => ({ stage: `${from} → ${to}`, cycles: figures[`trip.one.${stage}`]! }));
