/** The matrix product of the published measurement: plain, with 14 system calls, repeated. */
import { type Chapter, count, percent, table } from '../figures.js';
import { run } from '../guest.js';

const chip = { applications: 1, accelerators: 1 };
/** Sum of all elements of the product. */
const RESULT = 2_081_298;

export const matrixCases = {
  plain: { what: 'plain', constants: {}, words: '' },
  calls: {
    what: 'with 14 system calls, the thread moves back (as published)',
    constants: { CALLS: 1 },
    words: 'migrate.calls=move',
  },
  'calls.ask': {
    what: 'with 14 system calls, only the calls travel',
    constants: { CALLS: 1 },
    words: 'migrate.calls=ask',
  },
  'calls.auto': {
    what: 'with 14 system calls, the kernel decides',
    constants: { CALLS: 1 },
    words: 'migrate.calls=auto',
  },
  thousand: { what: 'plain, 1,000 times', constants: { REPEATS: 1000 }, words: '' },
};

async function product(constants: Readonly<Record<string, number>>, words: string, pinned: boolean) {
  const measured = await run({ program: 'matrix', chip, constants, words, pinned });
  const [product, home, result] = measured.words;
  if (result !== RESULT) throw new Error(`the product's elements sum up to ${result}, not ${RESULT}`);
  return { product: product!, home: home!, trips: measured.trips };
}

export const matrixChapter: Chapter = {
  name: 'matrix',
  quick: false,
  async measure() {
    const figures: Record<string, number | undefined> = {};
    for (const [name, { constants, words }] of Object.entries(matrixCases)) {
      const migrating = await product(constants, words, false);
      const pinned = await product(constants, '', true);
      // Without the other ways of the kernel, all is as with `move`.
      const there = !/\.(ask|auto)$/.test(name) || migrating.product !== figures['matrix.calls'];
      figures[`matrix.${name}`] = there ? migrating.product : undefined;
      figures[`matrix.${name}.home`] = there ? migrating.home : undefined;
      figures[`matrix.${name}.pinned`] = pinned.product;
      figures[`matrix.${name}.pinned.home`] = pinned.home;
    }
    return figures;
  },
  tables(figures) {
    const rows = Object.entries(matrixCases).map(([name, { what }]) => {
      const [own, pinned] = [figures[`matrix.${name}`], figures[`matrix.${name}.pinned`]!];
      const [home, pinnedHome] = [figures[`matrix.${name}.home`], figures[`matrix.${name}.pinned.home`]!];
      const beside = (a: number | undefined, b: number) =>
        a === undefined ? '' : `${percent(a / b - 1)} (${a < b ? '−' : '+'}${count(Math.abs(a - b))})`;
      return [
        what,
        count(own),
        count(pinned),
        beside(own, pinned),
        count(home),
        count(pinnedHome),
        beside(home, pinnedHome),
      ];
    });
    const heads = [
      '43 × 43 × 43 doubles',
      'migrating',
      'pinned',
      'difference',
      'until home: migrating',
      'pinned',
      'difference',
    ];
    return { matrix: table(heads, rows) };
  },
};
