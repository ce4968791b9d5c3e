/** What was set as aim, and whether it is met. */
import { key, worst } from './chapters/scaling.js';
import { count, type Figures, percent, table } from './figures.js';

interface Aim {
  readonly what: string;
  /** In words. */
  readonly limit: string;
  /** Undefined: what it would measure is not there. */
  measured(figures: Figures): number | undefined;
  readonly shown: (value: number) => string;
  /** Largest value that meets it. */
  readonly most: number;
}

const larger = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : Math.max(a, b);
const part = (value: number) => `${value.toFixed(3)} of it`;

/** An asked page fault as a part of one for which the thread moves, both less what `taken` away. `of`: which figure, and of which boot. */
const askedFault = (f: Figures, taken = 0, of = 'touch') => {
  const [asked, moved] = [f[`faults.ask.${of}`], f[`faults.move.${of}`]];
  return asked === undefined || moved === undefined ? undefined : (asked - taken) / (moved - taken);
};

/** How much more a thread of two takes than the dearer of its neighbours, one and three. */
function dip(f: Figures): number {
  const each = (apps: number) => f[key('long', 'migrating', apps, 1)]! / apps;
  return each(2) / Math.max(each(1), each(3)) - 1;
}

const aims: readonly Aim[] = [
  {
    what: '`getpid` from the vector hart, the thread moves back, over native (as the published figure was measured)',
    limit: 'at most 1,700',
    measured: (f) => f['calls.move.over'],
    shown: count,
    most: 1700,
  },
  {
    what: 'the whole round trip, out and back, over native: on one or two application harts, whichever is more',
    limit: 'at most 1,700',
    measured: (f) => larger(f['trip.one.over'], f['trip.two.over']),
    shown: count,
    most: 1700,
  },
  {
    what: '`getpid` from the vector hart, only the call travels, over native',
    limit: 'at most 700',
    measured: (f) => f['calls.ask.over'],
    shown: count,
    most: 700,
  },
  {
    what: 'a page fault, only the fault travels, beside the thread’s moving back: all of both',
    limit: 'at most a third',
    measured: (f) => askedFault(f),
    shown: part,
    most: 1 / 3,
  },
  {
    what: 'the same, all 512 faults together',
    limit: 'at most a third',
    measured: (f) => askedFault(f, 0, 'all'),
    shown: part,
    most: 1 / 3,
  },
  {
    what: 'the same, a fault for which no page was cleared ahead',
    limit: 'at most a third',
    measured: (f) => askedFault(f, 0, 'uncleared.touch'),
    shown: part,
    most: 1 / 3,
  },
  {
    what: 'a page fault, only the fault travels, beside the thread’s moving back: both over a native page fault',
    limit: 'at most a third',
    measured: (f) => askedFault(f, f['faults.native.touch']!),
    shown: part,
    most: 1 / 3,
  },
  {
    what: 'run time above linear, 1 to 16 application harts and 1 to 4 vector harts, long sections: the worst',
    limit: 'at most 5 %',
    measured: (f) => worst(f, 'long', 'migrating'),
    shown: percent,
    most: 0.05,
  },
  {
    what: 'the same with short sections',
    limit: 'at most 5 %',
    measured: (f) => worst(f, 'short', 'migrating'),
    shown: percent,
    most: 0.05,
  },
  {
    what: 'a dip at two application harts: a thread’s time there beside the dearer of one and three',
    limit: 'none',
    measured: dip,
    shown: percent,
    most: 0,
  },
  ...(['plain', 'thousand'] as const).map((name) => ({
    what: `the matrix product ${name === 'plain' ? 'once' : '1,000 times'}, migrating beside pinned, until at home again`,
    limit: 'not slower',
    measured: (f: Figures) => f[`matrix.${name}.home`]! / f[`matrix.${name}.pinned.home`]! - 1,
    shown: (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(2)} %`,
    most: 0,
  })),
];

export interface Verdict {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  readonly verdict: 'met' | 'missed' | 'not there';
}

export const verdicts = (figures: Figures): Verdict[] =>
  aims.map(({ what, limit, measured, shown, most }) => {
    const value = measured(figures);
    if (value === undefined) return { what, limit, measured: '', verdict: 'not there' };
    return { what, limit, measured: shown(value), verdict: value <= most ? 'met' : 'missed' };
  });

export const aimsTable = (figures: Figures): string =>
  table(
    ['aim', 'limit', 'measured', ''],
    verdicts(figures).map(({ what, limit, measured, verdict }) => [what, limit, measured, `**${verdict}**`]),
    false,
  );
