/** Who ran how long on which hart, of what is seen or selected: also what there is to read for who can't see the picture. */
import { element } from '../../webview/page/element.js';
import type { Span, TimelineBody } from '../messages.js';
import { actorName, crossingName, cyclesOf, grouped, percent, timeOf } from './words.js';

export class SumsTable {
  private readonly caption = element('caption');
  private readonly head = element('thead');
  private readonly rows = element('tbody');
  private readonly crossings = element('tbody');
  private readonly crossed = element(
    'table',
    { class: 'crossings' },
    element('caption', {}, 'Crossings that ended in this time'),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...['Crossing', 'Times', 'Cycles', 'Most'].map((title, n) =>
          element('th', { scope: 'col', class: n > 0 && 'number' }, title),
        ),
      ),
    ),
    this.crossings,
  );
  readonly root = element(
    'section',
    { class: 'sums', 'aria-label': 'Sums' },
    element('table', {}, this.caption, this.head, this.rows),
    this.crossed,
  );

  /** @param chosen a selection; without one it is what is seen */
  show({ selection, harts, actors, routes, clock }: TimelineBody, span: Span, chosen: boolean): void {
    if (!selection) return;
    const cycles = span.to - span.from;
    this.caption.textContent = `${chosen ? 'Selected' : 'Seen'}: cycle ${grouped(span.from)} to ${grouped(span.to)}, ${cyclesOf(cycles)} (${timeOf(cycles, clock)})`;
    const sums = selection.harts.map((list) => {
      const byActor = new Map<number, number>();
      for (let n = 0; n < list.length; n += 2) byActor.set(list[n]!, list[n + 1]!);
      return byActor;
    });
    // Threads first, waiting last.
    const order = { thread: 0, kernel: 1, firmware: 2, idle: 3 };
    const present = actors
      .map((actor, n) => ({ actor, n }))
      .filter(({ n }) => sums.some((byActor) => byActor.get(n)))
      .sort((a, b) => order[a.actor.kind] - order[b.actor.kind] || a.n - b.n);
    this.head.replaceChildren(
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, 'Hart'),
        ...present.map(({ actor }) => element('th', { scope: 'col' }, actorName(actor))),
      ),
    );
    this.rows.replaceChildren(
      ...sums.map((byActor, hart) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, `${hart} `, element('span', { class: 'secondary' }, harts[hart]!.isa)),
          ...present.map(({ n }) => {
            const own = byActor.get(n) ?? 0;
            return element('td', { title: own ? cyclesOf(own) : '' }, own ? percent(own / cycles) : '');
          }),
        ),
      ),
    );
    const rows = crossingRows(selection.crossings, routes);
    this.crossed.hidden = rows.length === 0;
    this.crossings.replaceChildren(...rows);
  }
}

/** The most that are told apart. */
const MOST_ROWS = 10;

/** Crossings that are alike, whoever crosses, the costliest together first. */
function crossingRows(crossings: readonly (readonly number[])[], routes: TimelineBody['routes']): HTMLElement[] {
  const byKind = new Map<string, { count: number; cycles: number; longest: number }>();
  for (const [number, count, cycles, longest] of crossings as readonly [number, number, number, number][]) {
    const name = crossingName(routes[number]!);
    const known = byKind.get(name) ?? { count: 0, cycles: 0, longest: 0 };
    known.count += count;
    known.cycles += cycles;
    known.longest = Math.max(known.longest, longest);
    byKind.set(name, known);
  }
  const kinds = [...byKind].sort(([, a], [, b]) => b.cycles - a.cycles);
  const cell = (value: number) => element('td', { class: 'number' }, grouped(value));
  const rows = kinds
    .slice(0, MOST_ROWS)
    .map(([name, { count, cycles, longest }]) =>
      element('tr', {}, element('td', {}, name), cell(count), cell(cycles / count), cell(longest)),
    );
  if (kinds.length > MOST_ROWS)
    rows.push(element('tr', {}, element('td', { colspan: 4 }, `and ${kinds.length - MOST_ROWS} more`)));
  return rows;
}
