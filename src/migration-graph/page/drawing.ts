/** The drawing: an SVG of nodes and edges, each to be focused, moved between with the arrow keys, and opened. */
import type { GraphPlace, MigrationGraph } from '../messages.js';
import {
  type Box,
  type Direction,
  type Layout,
  LINE,
  nearest,
  type PlacedEdge,
  type PlacedNode,
  type Point,
} from './layout.js';
import { edgeName, nodeName } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
const kinds = ['leave', 'return', 'ask', 'call', 'end', 'exit'] as const;

function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Something to be focused, and the place that it stands for. */
interface Item extends Point {
  readonly root: SVGGElement;
  readonly place: GraphPlace | undefined;
}

/** Shares of the size that texts have elsewhere: not smaller by itself, not smaller at all. */
const [READABLE, SMALLEST] = [0.75, 0.25];

export class Drawing {
  readonly root = svg('svg', { class: 'graph', role: 'group', 'aria-label': 'Migration graph' });
  private items: readonly Item[] = [];
  private nodes: readonly { readonly placed: PlacedNode; readonly root: SVGGElement }[] = [];
  private focused = 0;
  private scale = 1;
  /** Has the user chosen how large it is drawn? */
  private chosen = false;
  private size = { width: 0, height: 0 };

  /** @param open go to a place in a source */
  constructor(private readonly open: (place: GraphPlace) => void) {
    this.root.addEventListener('keydown', (event) => this.key(event));
  }

  show(graph: MigrationGraph, layout: Layout): void {
    const keep = this.items[this.focused]?.root.dataset.id;
    const had = this.root.contains(document.activeElement);
    const edges = layout.edges.map((placed) => this.edge(placed, graph));
    this.nodes = layout.nodes.map((placed) => ({ placed, root: this.node(placed) }));
    this.items = [
      ...this.nodes.map(({ placed, root }) => ({ x: placed.x, y: placed.y, root, place: placed.node.place })),
      ...layout.edges.map((placed, n) => ({
        x: placed.x,
        y: placed.y,
        root: edges[n]!,
        place: placed.edge.points[0]?.place,
      })),
    ];
    this.items.forEach(({ root, place }, n) => {
      root.addEventListener('click', () => {
        this.focus(n);
        if (place) this.open(place);
      });
      root.addEventListener('focus', () => this.mark(n));
    });
    this.size = layout;
    this.root.setAttribute('viewBox', `0 0 ${layout.width} ${layout.height}`);
    this.root.replaceChildren(
      svg('defs', {}, ...kinds.map(arrowHead)),
      ...edges,
      ...this.nodes.map(({ root }) => root),
    );
    if (!this.chosen) this.fit(READABLE);
    else this.resize(this.scale);
    const again = this.items.findIndex(({ root }) => root.dataset.id === keep);
    this.mark(Math.max(0, again));
    if (had) this.focus(this.focused);
  }

  clear(): void {
    this.items = [];
    this.nodes = [];
    this.root.replaceChildren();
  }

  /** Draw it larger or smaller. */
  zoom(factor: number): void {
    this.chosen = true;
    this.resize(this.scale * factor);
  }

  /** Draw it as large as there is room, and no larger than it is. @param least not smaller than this share */
  fit(least = SMALLEST): void {
    const { clientWidth, clientHeight } = this.root.parentElement!;
    const room = Math.min(clientWidth / this.size.width, clientHeight / this.size.height);
    this.chosen = false;
    this.resize(Math.max(least, Math.min(1, room)));
  }

  private resize(scale: number): void {
    this.scale = Math.min(4, Math.max(SMALLEST, scale));
    this.root.setAttribute('width', String(this.size.width * this.scale));
    this.root.setAttribute('height', String(this.size.height * this.scale));
  }

  /** Mark the nodes that hold a line of the document. */
  cursor(line: number | undefined): void {
    for (const { placed, root } of this.nodes) {
      const holds = line !== undefined && placed.node.lines.some(([from, to]) => line >= from && line <= to);
      root.classList.toggle('current', holds);
      if (holds) root.setAttribute('aria-current', 'location');
      else root.removeAttribute('aria-current');
    }
  }

  private node(placed: PlacedNode): SVGGElement {
    const { node, x, y, width, height } = placed;
    const frame = { x: x - width / 2, y: y - height / 2, width, height, rx: node.class === undefined ? 3 : 14 };
    const where = node.end ? 'over' : node.class === undefined ? 'home' : 'away';
    const root = item(node.id, `node ${where}`, nodeName(node));
    root.append(svg('rect', frame), ...texts(placed));
    if (node.start) {
      const top = y - height / 2;
      root.append(svg('path', { class: 'start', d: `M${x} ${top} l-6 -9 h12 z` }));
    }
    return root;
  }

  private edge(placed: PlacedEdge, graph: MigrationGraph): SVGGElement {
    const { edge, points, x, y, width, height } = placed;
    const sure = edge.points.some(({ always }) => always) ? '' : ' unsure';
    const root = item(`${edge.from} ${edge.kind} ${edge.to}`, `edge ${edge.kind}${sure}`, edgeName(edge, graph));
    root.append(
      svg('path', { class: 'way', d: curve(points), 'marker-end': `url(#head-${edge.kind})` }),
      svg('rect', { x: x - width / 2, y: y - height / 2, width, height, rx: 3 }),
      ...texts(placed),
    );
    return root;
  }

  /** The one that the Tab key comes to. */
  private mark(n: number): void {
    this.focused = n;
    this.items.forEach(({ root }, each) => root.setAttribute('tabindex', each === n ? '0' : '-1'));
  }

  private focus(n: number): void {
    this.mark(n);
    this.items[n]?.root.focus();
  }

  private key(event: KeyboardEvent): void {
    const item = this.items[this.focused];
    if (!item) return;
    switch (event.key) {
      case 'Enter':
      case ' ':
        if (item.place) this.open(item.place);
        break;
      case 'Home':
        this.focus(0);
        break;
      case 'End':
        this.focus(this.items.length - 1);
        break;
      case 'ArrowUp':
      case 'ArrowDown':
      case 'ArrowLeft':
      case 'ArrowRight': {
        const next = nearest(item, this.items, event.key satisfies Direction);
        if (next) this.focus(this.items.indexOf(next));
        break;
      }
      case '+':
        this.zoom(1.25);
        break;
      case '-':
        this.zoom(0.8);
        break;
      case 'f':
        this.fit();
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}

function item(id: string, classes: string, name: string): SVGGElement {
  const root = svg('g', { class: classes, role: 'button', tabindex: -1, 'aria-label': name, 'data-id': id });
  root.append(svg('title', {}, name));
  return root;
}

function texts({ lines, x, y }: Box): SVGTextElement[] {
  const top = y - (lines.length * LINE) / 2 + LINE * 0.72;
  return lines.map((line, n) => svg('text', { x, y: top + n * LINE, class: n ? 'more' : 'first' }, line));
}

const arrowHead = (kind: (typeof kinds)[number]) =>
  svg(
    'marker',
    {
      id: `head-${kind}`,
      class: `head ${kind}`,
      viewBox: '0 0 8 8',
      refX: 7,
      refY: 4,
      markerWidth: 9,
      markerHeight: 9,
      orient: 'auto',
    },
    svg('path', { d: 'M0 0 L8 4 L0 8 z' }),
  );

/** A smooth way through points: through the middles between them, with the points themselves to bend it. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points as readonly [Point, ...Point[]];
  let path = `M${first.x} ${first.y}`;
  rest.forEach((point, n) => {
    const next = rest[n + 1];
    if (!next) path += ` L${point.x} ${point.y}`;
    else path += ` Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return path;
}
