/** Run time of 1 to 16 threads, one for each application hart, that share 1 to 4 vector harts. */
import { type Chapter, count, type Figures, percent, table } from '../figures.js';
import { run } from '../guest.js';

/** Instructions of a turn: so many harts that run take a hundredfold longer with turns of one, for figures that differ by a hundredth. */
const QUANTUM = 20;

export const applications = Array.from({ length: 16 }, (_, n) => n + 1);
export const accelerators = [1, 2, 3, 4];

/** Vector work between two returns: as long as the matrix product, and as short as makes the trip itself dear. */
export const works = {
  long: { what: 'sections of 80,000 cycles', constants: { ROUNDS: 12, VECTOR: 20_000, SCALAR: 100 } },
  short: { what: 'sections of 4,000 cycles', constants: { ROUNDS: 32, VECTOR: 1000, SCALAR: 100 } },
} as const;
export type Work = keyof typeof works;
/** Migrating as it comes, and the baseline. */
export const systems = ['migrating', 'pinned'] as const;
export type System = (typeof systems)[number];

export const key = (work: Work, system: System, apps: number, vectors: number) =>
  `scaling.${work}.${system}.app${apps}-vec${vectors}`;

/**
 * How much longer than linear: as many threads as application harts take, with as many vector harts as share them, n / m of the time
 * that one thread takes, and never less than that.
 */
export function deviation(figures: Figures, work: Work, system: System, apps: number, vectors: number): number {
  const one = figures[key(work, system, 1, vectors)]!;
  return figures[key(work, system, apps, vectors)]! / (one * Math.max(1, apps / vectors)) - 1;
}

/** The largest deviation, of chips with that many vector harts or of all. */
export const worst = (figures: Figures, work: Work, system: System, of: readonly number[] = accelerators) =>
  Math.max(...of.flatMap((vectors) => applications.map((apps) => deviation(figures, work, system, apps, vectors))));

export const scalingChapter: Chapter = {
  name: 'scaling',
  quick: false,
  async measure() {
    const figures: Record<string, number> = {};
    for (const work of Object.keys(works) as Work[]) {
      for (const vectors of accelerators) {
        for (const apps of applications) {
          for (const system of systems) {
            const { words } = await run({
              program: 'threads',
              chip: { applications: apps, accelerators: vectors, quantum: QUANTUM },
              constants: { THREADS: apps, ...works[work].constants },
              pinned: system === 'pinned',
            });
            figures[key(work, system, apps, vectors)] = words[0]!;
          }
        }
      }
    }
    return figures;
  },
  tables(figures) {
    const grid = (work: Work, system: System) =>
      table(
        ['application harts', ...accelerators.map((n) => `${n} vector hart${n > 1 ? 's' : ''}`)],
        applications.map((apps) => [
          `${apps}`,
          ...accelerators.map((vectors) => {
            const time = count(figures[key(work, system, apps, vectors)]);
            return apps === 1 ? time : `${time} (${percent(deviation(figures, work, system, apps, vectors))})`;
          }),
        ]),
      );
    const all = (Object.keys(works) as Work[]).flatMap((work) => systems.map((system) => [work, system] as const));
    return Object.fromEntries(all.map(([work, system]) => [`scaling.${work}.${system}`, grid(work, system)]));
  },
};
