/** How often, why and at what cost threads left and came back, by place in the source. */
import { element } from '../../webview/page/element.js';
import type { PlaceStatistics } from '../messages.js';
import { grouped } from './words.js';

const ways = { out: 'leaves', back: 'comes back', ask: 'asks' } as const;

interface Column {
  readonly title: string;
  readonly explained: string;
  readonly number?: true;
  of(place: PlaceStatistics): string | number | undefined;
}

const columns: readonly Column[] = [
  { title: 'Place', explained: 'Where in the source', of: placeName },
  { title: 'Instruction', explained: 'The instruction there', of: ({ instruction }) => instruction },
  {
    title: 'A thread',
    explained: 'Leaves for another hart, comes back from there, or asks without leaving',
    of: ({ way }) => ways[way],
  },
  {
    title: 'For',
    explained: 'The reasons, and how often each',
    of: ({ reasons, count }) =>
      Object.entries(reasons)
        .map(([reason, n]) => (n === count ? reason : `${reason} ${grouped(n)}`))
        .join(', '),
  },
  { title: 'Times', explained: 'How often', number: true, of: ({ count }) => count },
  {
    title: 'Cycles',
    explained: 'Cycles that a crossing took, on average',
    number: true,
    of: ({ cycles }) => cycles.mean,
  },
  { title: 'Most', explained: 'Cycles that the slowest crossing took', number: true, of: ({ cycles }) => cycles.most },
  {
    title: 'Away',
    explained: 'Cycles from leaving the hart to going on there, on average',
    number: true,
    of: ({ away }) => away?.mean,
  },
  { title: 'Longest', explained: 'The longest time away, in cycles', number: true, of: ({ away }) => away?.most },
];

export class PlacesTable {
  private readonly rows = element('tbody');
  private readonly heads: readonly HTMLElement[];
  readonly root: HTMLElement;
  private places: readonly PlaceStatistics[] = [];
  private sorted = { column: 4, down: true };

  constructor(private readonly open: (place: PlaceStatistics) => void) {
    this.heads = columns.map(({ title, explained, number }, n) =>
      element(
        'th',
        { scope: 'col', title: explained, class: number && 'number' },
        element('button', { class: 'plain', onclick: () => this.sortBy(n) }, title),
      ),
    );
    this.root = element(
      'section',
      { 'aria-label': 'Places' },
      element(
        'table',
        { class: 'places' },
        element('caption', {}, 'Places in the source, of the whole run'),
        element('thead', {}, element('tr', {}, ...this.heads)),
        this.rows,
      ),
    );
    this.fill();
  }

  show(places: readonly PlaceStatistics[]): void {
    if (JSON.stringify(places) === JSON.stringify(this.places)) return;
    this.places = places;
    this.fill();
  }

  private sortBy(column: number): void {
    this.sorted = {
      column,
      down: this.sorted.column === column ? !this.sorted.down : columns[column]!.number === true,
    };
    this.fill();
  }

  private fill(): void {
    const { column, down } = this.sorted;
    this.heads.forEach((head, n) => {
      if (n === column) head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    const { of } = columns[column]!;
    const order = (a: PlaceStatistics, b: PlaceStatistics) => {
      const [x, y] = [of(a) ?? -1, of(b) ?? -1];
      return typeof x === 'string' ? x.localeCompare(String(y), undefined, { numeric: true }) : x - Number(y);
    };
    const list = [...this.places].sort((a, b) => (down ? order(b, a) : order(a, b)));
    const nothing = element(
      'tr',
      {},
      element('td', { colspan: columns.length, class: 'secondary' }, 'No thread has moved.'),
    );
    this.rows.replaceChildren(...(list.length ? list.map((place) => this.row(place)) : [nothing]));
  }

  private row(place: PlaceStatistics): HTMLElement {
    return element(
      'tr',
      {},
      ...columns.map(({ of, number }, n) => {
        const value = of(place);
        const text = value === undefined ? '' : typeof value === 'number' ? grouped(value) : value;
        if (n > 0 || !place.source?.path) return element('td', { class: number ? 'number' : n === 1 && 'code' }, text);
        const title = place.function ? `Open the source, in ${place.function}` : 'Open the source';
        return element('td', {}, element('button', { class: 'link', title, onclick: () => this.open(place) }, text));
      }),
    );
  }
}

function placeName({ source, line, function: name, pc }: PlaceStatistics): string {
  return source?.name && line !== undefined ? `${source.name}:${line}` : (name ?? pc);
}
