/** The same as a table: every place where a thread changes harts, in the order of the source. */
import { element } from '../../webview/page/element.js';
import type { GraphPlace, MigrationGraph } from '../messages.js';
import { loopText, pointText } from './words.js';

const columns = ['Place', 'Instruction', 'The thread', 'In', 'Costs'];
const moves = ['leave', 'return', 'ask', 'exit'] as const;
type Move = (typeof moves)[number];

export class Places {
  private readonly body = element('tbody');
  readonly root = element(
    'section',
    { class: 'places', 'aria-label': 'Places where threads change harts' },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...columns.map((title) => element('th', { scope: 'col' }, title)))),
      this.body,
    ),
  );

  constructor(private readonly open: (place: GraphPlace) => void) {}

  /** @param uri the document's: places elsewhere are told with their file */
  show({ nodes, edges, loops }: MigrationGraph, uri: string): void {
    const rows = edges
      .filter(({ kind }) => (moves as readonly string[]).includes(kind))
      .flatMap((edge) => edge.points.map((point) => ({ edge, point })))
      .sort(
        (a, b) => (a.point.place?.line ?? 0) - (b.point.place?.line ?? 0) || order(b.edge.kind) - order(a.edge.kind),
      );
    // A thread may end at a place on whatever hart it is: that is one place.
    const key = ({ edge, point }: (typeof rows)[number]) =>
      [point.place?.uri, point.place?.line, point.instruction, edge.kind, point.why].join();
    const ends = new Map(rows.map((row) => [row.edge.kind === 'exit' ? key(row) : row, row]));
    this.body.replaceChildren(
      ...[...ends.values()].map(({ edge, point }) => {
        const from = nodes.find(({ id }) => id === edge.from)!;
        const { place } = point;
        return element(
          'tr',
          {},
          element('td', {}, place ? this.link(place, uri) : ''),
          element('td', { class: 'code' }, point.instruction),
          element('td', { class: edge.kind }, pointText(edge.kind, point)),
          element('td', {}, from.function),
          element('td', {}, point.loops.map((n) => loopText(loops[n]!)).join('; ')),
        );
      }),
    );
  }

  clear(): void {
    this.body.replaceChildren();
  }

  private link(place: GraphPlace, uri: string): HTMLElement {
    const file = place.uri === uri ? '' : `${place.uri.slice(place.uri.lastIndexOf('/') + 1)}:`;
    return element(
      'button',
      { class: 'link', onclick: () => this.open(place) },
      `${file}${file ? '' : 'line '}${place.line}`,
    );
  }
}

/** Who comes back and leaves again at one place comes back first. */
const order = (kind: string) => moves.indexOf(kind as Move);
