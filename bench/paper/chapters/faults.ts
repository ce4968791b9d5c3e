/** First touches of anonymous memory from the vector hart: what a page fault costs in each of the ways to serve it. */
import { type Chapter, count, median, sum, table } from '../figures.js';
import { type Guest, type Measured, run } from '../guest.js';

/** As many as a huge page has. */
const PAGES = 512;
const chip = { applications: 1, accelerators: 1 };

interface Way {
  readonly what: string;
  readonly guest: Omit<Guest, 'program' | 'chip'>;
  /** Did it happen so? Else the kernel has no such way. */
  there?(run: Measured): boolean;
}

const few = ({ pageFaults }: Measured) => pageFaults < PAGES;
export const faultWays: Readonly<Record<string, Way>> = {
  native: { what: 'at home, by scalar stores', guest: { constants: { SCALAR: 1 } } },
  pinned: { what: 'pinned to the vector hart (`migrate=off`)', guest: { pinned: true } },
  move: { what: 'the thread moves back (as published)', guest: { words: 'migrate.faults=move' } },
  ask: {
    what: 'only the fault travels',
    guest: { words: 'migrate.faults=ask' },
    there: ({ trips }) => trips < PAGES / 2,
  },
  locked: {
    what: '`mlockall` first (as published)',
    guest: { constants: { LOCKED: 1 }, words: 'migrate.faults=move' },
    there: few,
  },
  'native.uncleared': {
    what: '`clear.ahead=off`: at home',
    guest: { constants: { SCALAR: 1 }, words: 'clear.ahead=off' },
  },
  'move.uncleared': {
    what: '`clear.ahead=off`: the thread moves back',
    guest: { words: 'clear.ahead=off migrate.faults=move' },
  },
  'ask.uncleared': {
    what: '`clear.ahead=off`: only the fault travels',
    guest: { words: 'clear.ahead=off migrate.faults=ask' },
    there: ({ trips }) => trips < PAGES / 2,
  },
  'huge.native': { what: 'a huge page, at home', guest: { constants: { SCALAR: 1, HUGE: 1 } }, there: few },
  'huge.move': {
    what: 'a huge page, the thread moves back',
    guest: { constants: { HUGE: 1 }, words: 'migrate.faults=move' },
    there: few,
  },
  'huge.ask': {
    what: 'a huge page, only the fault travels',
    guest: { constants: { HUGE: 1 }, words: 'migrate.faults=ask' },
    there: few,
  },
};

export const faultsChapter: Chapter = {
  name: 'faults',
  quick: false,
  async measure() {
    const figures: Record<string, number | undefined> = {};
    for (const [name, { guest, there }] of Object.entries(faultWays)) {
      const result = await run({ program: 'faults', chip, ...guest, constants: { PAGES, ...guest.constants } });
      const [setup, ...touches] = result.words;
      const has = there?.(result) ?? true;
      figures[`faults.${name}.setup`] = has ? setup : undefined;
      figures[`faults.${name}.touch`] = has ? median(touches) : undefined;
      figures[`faults.${name}.all`] = has ? setup! + sum(touches) : undefined;
      figures[`faults.${name}.most`] = has ? Math.max(...touches) : undefined;
    }
    return figures;
  },
  tables(figures) {
    const rows = Object.entries(faultWays).map(([name, { what }]) => {
      const cell = (of: string) => count(figures[`faults.${name}.${of}`]);
      return [what, cell('setup'), cell('touch'), cell('most'), cell('all')];
    });
    const heads = ['', '`mmap` and what goes before', 'a touch, median', 'the longest', `all of ${PAGES} pages`];
    return { faults: table(heads, rows) };
  },
};
