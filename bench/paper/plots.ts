/** The figures as pictures: SVG by Observable Plot, which wants a document to build in. */
import { barX, barY, gridX, gridY, line, plot, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { callWays } from './chapters/calls.js';
import { faultWays } from './chapters/faults.js';
import { matrixCases } from './chapters/matrix.js';
import { accelerators, applications, key, systems, type Work, works } from './chapters/scaling.js';
import { stageFigures } from './chapters/trip.js';
import { count, type Figures } from './figures.js';

/** Middle tones: the pictures have no ground of their own, and are read on white and on black. */
const INK = '#6e7781';
const OURS = '#2f81f7';
const BASELINE = '#d9822b';
const PUBLISHED = '#8c6bc8';
/** Who measured what, in the order of the legend. */
const colours = { domain: ['migrating', 'pinned', 'linear', 'published'], range: [OURS, BASELINE, INK, PUBLISHED] };

/** One SVG file. */
function svg(options: PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>') as unknown as Pick<
    PlotOptions,
    'document'
  >;
  const element = plot({
    document,
    style: { background: 'none', color: INK, fontFamily: 'system-ui, sans-serif', fontSize: '12px' },
    color: colours,
    ...options,
  });
  // A file of its own needs the name space that a page's SVG goes without.
  element.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${element.outerHTML}\n`;
}

/** Run time over application harts, a panel for each number of vector harts. */
function scaling(figures: Figures, work: Work): string {
  const panel = (vectors: number) => `${vectors} vector hart${vectors > 1 ? 's' : ''}`;
  const one = figures[key(work, 'migrating', 1, 1)]!;
  const points = accelerators.flatMap((vectors) =>
    applications.flatMap((apps) => [
      ...systems.map((system) => ({
        vectors: panel(vectors),
        apps,
        system: system as string,
        time: figures[key(work, system, apps, vectors)]! / one,
      })),
      { vectors: panel(vectors), apps, system: 'linear', time: Math.max(1, apps / vectors) },
    ]),
  );
  const linear = ({ system }: (typeof points)[number]) => system === 'linear';
  const axes = { x: 'apps', y: 'time', fx: 'vectors' };
  const ends = points.filter(({ apps, vectors }) => apps === 16 && vectors === panel(1));
  return svg({
    width: 900,
    height: 320,
    marginTop: 50,
    marginBottom: 40,
    marginRight: 55,
    x: { label: 'application harts, a thread each', ticks: [1, 4, 8, 12, 16] },
    y: { label: `run time of ${works[work].what}, as a multiple of one thread’s`, nice: true },
    fx: { label: null, domain: accelerators.map(panel) },
    marks: [
      gridY({ stroke: INK, strokeOpacity: 0.2 }),
      ruleY([0], { stroke: INK }),
      line(points.filter(linear), { ...axes, stroke: 'system', strokeDasharray: '4 3' }),
      line(
        points.filter((point) => !linear(point)),
        { ...axes, stroke: 'system', z: 'system', strokeWidth: 2 },
      ),
      text(spread(ends), {
        x: 'apps',
        y: 'at',
        fx: 'vectors',
        text: 'system',
        fill: 'system',
        textAnchor: 'start',
        dx: 5,
      }),
    ],
  });
}

/** Where names at the ends of lines stand so that none covers another. */
function spread<T extends { time: number }>(ends: readonly T[]): (T & { at: number })[] {
  const LEAST = Math.max(...ends.map(({ time }) => time)) * 0.075;
  let below = Number.NEGATIVE_INFINITY;
  return ends
    .toSorted((a, b) => a.time - b.time)
    .map((end) => {
      below = Math.max(end.time, below + LEAST);
      return { ...end, at: below };
    });
}

interface Bar {
  readonly what: string;
  readonly value: number | undefined;
  readonly kind: 'migrating' | 'pinned' | 'published';
}

/** Bars to the right, each with its value; what is not there has none. */
function bars(all: readonly Bar[], label: string, marginLeft: number): string {
  const there = all.filter((bar): bar is Bar & { value: number } => bar.value !== undefined);
  return svg({
    width: 900,
    height: 70 + 24 * there.length,
    marginBottom: 40,
    marginLeft,
    marginRight: 70,
    x: { label },
    y: { label: null, domain: there.map(({ what }) => what) },
    marks: [
      gridX({ stroke: INK, strokeOpacity: 0.2 }),
      barX(there, { y: 'what', x: 'value', fill: 'kind' }),
      text(there, {
        y: 'what',
        x: 'value',
        text: ({ value }: { value: number }) => count(value),
        textAnchor: 'start',
        dx: 4,
      }),
      ruleX([0], { stroke: INK }),
    ],
  });
}

const trip = (figures: Figures) => {
  const own = stageFigures(figures);
  const stages = own.map(({ stage, cycles }) => ({
    what: `stage ${stage}`,
    value: cycles,
    kind: 'migrating' as const,
  }));
  return bars(
    [
      { what: 'out, migrating', value: figures['trip.one.out'], kind: 'migrating' },
      { what: 'back, with getpid', value: figures['trip.one.call'], kind: 'migrating' },
      ...stages,
      { what: 'out, sched_setaffinity', value: figures['trip.one.pinned.out'], kind: 'pinned' },
      { what: 'its first vector instruction', value: figures['trip.one.pinned.first'], kind: 'pinned' },
      { what: 'back, sched_setaffinity', value: figures['trip.one.pinned.back'], kind: 'pinned' },
    ],
    'cycles',
    200,
  );
};

const calls = (figures: Figures) =>
  bars(
    [
      { what: 'published, at home', value: 988, kind: 'published' },
      { what: 'published, the thread moves back', value: 4524, kind: 'published' },
      { what: 'here, at home', value: figures['calls.native'], kind: 'migrating' },
      ...Object.entries(callWays).map(([way, what]) => ({
        what: `here, ${what.replace(' (as published)', '')}`,
        value: figures[`calls.${way}`],
        kind: 'migrating' as const,
      })),
    ],
    'getpid, cycles',
    220,
  );

const faults = (figures: Figures) =>
  bars(
    Object.entries(faultWays).map(([name, { what }]) => ({
      what: what.replaceAll('`', '').replace(' (as published)', ''),
      value: figures[`faults.${name}.all`],
      kind: name === 'pinned' ? 'pinned' : 'migrating',
    })),
    'mapping and touching 512 pages, cycles',
    260,
  );

/** Migrating beside pinned, for each way of the product but the thousandfold one. */
function matrix(figures: Figures): string {
  const all = Object.entries(matrixCases)
    .filter(([name]) => name !== 'thousand')
    .flatMap(([name, { what }]) => [
      { what: short(what), kind: 'migrating', value: figures[`matrix.${name}.home`] },
      { what: short(what), kind: 'pinned', value: figures[`matrix.${name}.pinned.home`] },
    ])
    .filter(({ value }) => value !== undefined);
  return svg({
    width: 900,
    height: 320,
    marginTop: 55,
    marginLeft: 60,
    x: { label: null },
    y: { label: 'cycles until at home again', domain: [0, 1.1 * Math.max(...all.map(({ value }) => value ?? 0))] },
    fx: { label: null, domain: [...new Set(all.map(({ what }) => what))] },
    marks: [
      gridY({ stroke: INK, strokeOpacity: 0.2 }),
      barY(all, { x: 'kind', y: 'value', fx: 'what', fill: 'kind' }),
      text(all, { x: 'kind', y: 'value', fx: 'what', text: ({ value }: { value: number }) => count(value), dy: -7 }),
      ruleY([0], { stroke: INK }),
    ],
  });
}
const short = (what: string) => what.replace('with 14 system calls', '14 calls').replace(' (as published)', '');

/** SVG files by name, without the ending. */
export const plots = (figures: Figures): Readonly<Record<string, string>> => ({
  trip: trip(figures),
  calls: calls(figures),
  faults: faults(figures),
  'scaling-long': scaling(figures, 'long'),
  'scaling-short': scaling(figures, 'short'),
  matrix: matrix(figures),
});
