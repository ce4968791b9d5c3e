/** A system call: at home, and from the vector hart in each of the ways that the kernel has for it. */
import { type Chapter, count, table } from '../figures.js';
import { MOVING, trip } from './trip.js';

const chip = { applications: 1, accelerators: 1 };
export const callWays = {
  move: 'the thread moves back (as published)',
  ask: 'only the call travels',
  auto: 'the kernel decides',
} as const;

export const callsChapter: Chapter = {
  name: 'calls',
  quick: true,
  async measure() {
    const native = await trip({ chip, words: MOVING });
    const figures: Record<string, number | undefined> = { 'calls.native': native.back };
    for (const way of Object.keys(callWays)) {
      const { call, out, first, round, trips } = await trip({ chip, words: `migrate.calls=${way}` });
      // A kernel that knows nothing of the word moves the thread.
      const there = way === 'move' || trips < 0.9;
      figures[`calls.${way}`] = there ? call : undefined;
      figures[`calls.${way}.over`] = there ? call - native.back : undefined;
      figures[`calls.${way}.return`] = there ? out - first : undefined;
      figures[`calls.${way}.round`] = there ? round : undefined;
      figures[`calls.${way}.trips.percent`] = there ? Math.round(100 * trips) : undefined;
    }
    return figures;
  },
  tables(figures) {
    const rows = Object.entries(callWays).map(([way, what]) => {
      const cell = (name: string) => count(figures[`calls.${way}${name}`]);
      return [`\`migrate.calls=${way}\`: ${what}`, cell(''), cell('.over'), cell('.return'), cell('.round')].concat(
        figures[`calls.${way}.trips.percent`] === undefined ? '' : `${figures[`calls.${way}.trips.percent`]} %`,
      );
    });
    const native = ['at home', count(figures['calls.native']), '0', '', '', ''];
    const heads = ['`getpid`', 'cycles', 'over native', 'then out again', 'a round, mean', 'rounds that migrate'];
    return { calls: table(heads, [native, ...rows]) };
  },
};
