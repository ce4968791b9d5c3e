/** The migration graph's page: what it is of, the drawing, and the same as a table. */
import '../../webview/page/theme.css';
import './style.css';
import { element } from '../../webview/page/element.js';
import { Wire } from '../../webview/page/wire.js';
import type { FromPage, GraphNode, GraphPlace, MigrationGraph, ToPage } from '../messages.js';
import { Drawing } from './drawing.js';
import { layoutOf } from './layout.js';
import { middleOf, near } from './near.js';
import { Places } from './places.js';

interface Kept {
  /** Are calls drawn? */
  readonly calls: boolean;
}

const wire = new Wire<ToPage, FromPage, Kept>(receive);
let { calls }: Kept = { calls: true, ...wire.kept };
/** The cursor's, counted from 1. */
let line: number | undefined;
/** What the drawing is around, and whether it is all there is. */
let middle: readonly GraphNode[] = [];
let whole = true;
let shown: { readonly graph: MigrationGraph; readonly uri: string } | undefined;

const open = (place: GraphPlace) => wire.post({ type: 'open', place });
const drawing = new Drawing(open);
const places = new Places(open);
const title = element('span', { class: 'title', role: 'status' });
const extent = element('span', { class: 'extent' });
const callsButton = element('button', { 'aria-pressed': String(calls), onclick: toggleCalls }, 'Calls');
const button = (title: string, text: string, onclick: () => void) =>
  element('button', { title, 'aria-label': title, onclick }, text);
const toolbar = element(
  'div',
  { class: 'toolbar', role: 'toolbar', 'aria-label': 'Migration graph' },
  callsButton,
  button('Smaller (-)', '−', () => drawing.zoom(0.8)),
  button('Larger (+)', '+', () => drawing.zoom(1.25)),
  button('Fit into the window (f)', 'Fit', () => drawing.fit()),
  title,
  extent,
);
const nothing = element('p', { class: 'nothing' });
const picture = element('div', { class: 'picture' }, drawing.root);
document.body.append(toolbar, nothing, picture, places.root);
showNothing('');
wire.post({ type: 'ready' });

function toggleCalls(): void {
  calls = !calls;
  wire.keep({ calls });
  callsButton.setAttribute('aria-pressed', String(calls));
  draw();
}

/** The width of a text as it is drawn. */
const context = document.createElement('canvas').getContext('2d')!;
function measure(text: string): number {
  const { fontFamily, fontSize } = getComputedStyle(document.body);
  context.font = `600 ${fontSize} ${fontFamily}`;
  return context.measureText(text).width;
}

function draw(): void {
  if (!shown) return;
  const { graph } = shown;
  const edges = graph.edges.filter(({ kind }) => calls || (kind !== 'call' && kind !== 'end'));
  const ends = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const chosen = { ...graph, edges, nodes: graph.nodes.filter(({ id }) => ends.has(id)) };
  middle = middleOf(chosen, line);
  const part = near(chosen, middle);
  drawing.show(part, layoutOf(part, measure));
  drawing.cursor(line);
  whole = part.edges.length === edges.length;
  extent.textContent = whole
    ? ''
    : `${part.edges.length} of ${edges.length} ways are drawn: those nearest to the cursor`;
}

/** The cursor has moved: another part is to be drawn, where not all of it is. */
function follow(): void {
  drawing.cursor(line);
  if (shown && !whole && String(middleOf(shown.graph, line).map(({ id }) => id)) !== String(middle.map(({ id }) => id)))
    draw();
}

function showNothing(why: string): void {
  shown = undefined;
  nothing.textContent = why;
  document.body.classList.toggle('empty', true);
  drawing.clear();
  places.clear();
}

function receive(message: ToPage): void {
  switch (message.type) {
    case 'nothing':
      title.textContent = '';
      showNothing(message.why);
      return;
    case 'cursor':
      line = message.line;
      follow();
      return;
    case 'graph': {
      const { graph, file, uri } = message;
      if (uri !== shown?.uri) line = undefined;
      title.textContent = [graph.chip ? `${file} on ${graph.chip}` : file, graph.build].filter(Boolean).join(', ');
      if (graph.nothing !== undefined) {
        showNothing(graph.nothing);
        return;
      }
      document.body.classList.toggle('empty', false);
      shown = { graph, uri };
      draw();
      places.show(graph, uri);
      return;
    }
  }
}
