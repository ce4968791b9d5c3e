/** What is worse with migration than without, or than linear: found in the figures, none left out. */
import { accelerators, applications, deviation, systems, type Work, works } from './chapters/scaling.js';
import { matrixCases } from './chapters/matrix.js';
import { count, type Figures, percent } from './figures.js';

/** Above that, run time counts as more than linear: the aim's limit. */
const TOLERATED = 0.05;

const than = (a: number | undefined, b: number | undefined): a is number => a !== undefined && b !== undefined && a > b;

function matrix(figures: Figures): string[] {
  return Object.entries(matrixCases).flatMap(([name, { what }]) => {
    const [own, pinned] = [figures[`matrix.${name}.home`], figures[`matrix.${name}.pinned.home`]];
    if (!than(own, pinned)) return [];
    return [
      `The matrix product ${what}: ${count(own)} cycles migrating, ${count(pinned)} pinned (${percent(own / pinned! - 1)}).`,
    ];
  });
}

function scaling(figures: Figures): string[] {
  const lines: string[] = [];
  for (const work of Object.keys(works) as Work[])
    for (const system of systems)
      for (const vectors of accelerators) {
        const above = (apps: number) => deviation(figures, work, system, apps, vectors);
        const over = applications.filter((apps) => above(apps) > TOLERATED);
        if (!over.length) continue;
        const most = percent(Math.max(...over.map(above)));
        const where = `${vectors} vector hart${vectors > 1 ? 's' : ''}, ${over.join(', ')} application harts`;
        lines.push(
          `Run time more than ${100 * TOLERATED} % above linear, ${system}, ${work} sections: ${where} (at most ${most}).`,
        );
      }
  return lines;
}

function costs(figures: Figures): string[] {
  const lines: string[] = [];
  const say = (what: string, dear: string, other: string, cheap: string) => {
    if (than(figures[dear], figures[cheap])) {
      lines.push(`${what}: ${count(figures[dear])} cycles, ${other} ${count(figures[cheap])}.`);
    }
  };
  const calls = '`getpid` from the vector hart';
  say(`${calls}, the thread moves back`, 'trip.one.call', 'pinned to that hart', 'trip.one.pinned.call');
  say(`${calls}, only the call travels`, 'calls.ask', 'pinned to that hart', 'trip.one.pinned.call');
  const faults = '512 pages touched from the vector hart';
  say(`${faults}, the thread moves back`, 'faults.move.all', 'pinned to that hart', 'faults.pinned.all');
  say(`${faults}, only the faults travel`, 'faults.ask.all', 'pinned to that hart', 'faults.pinned.all');
  say('`mlockall` first, then 512 pages', 'faults.locked.all', 'moving back for each of them', 'faults.move.all');
  for (const name of ['general', 'mixed'])
    say(`Guests on, run time of the ${name} crowd`, `beyond.guests.${name}.on`, 'off', `beyond.guests.${name}.off`);
  say('Guests on, the vector thread’s end', 'beyond.guests.mixed.on.vector', 'off', 'beyond.guests.mixed.off.vector');
  for (const kind of ['prctl', 'instruction'])
    say(`A hint ahead by ${kind}, a whole round`, `beyond.soon.${kind}.round`, 'without', 'beyond.soon.none.round');
  return lines;
}

/** A Markdown list. */
export const worseList = (figures: Figures): string =>
  [...costs(figures), ...matrix(figures), ...scaling(figures)].map((line) => `- ${line}`).join('\n') ||
  'Nothing that was measured.';
