/** The migration graph's page: what it is of, the drawing, and the same as a table. */
import '../../webview/page/theme.css';
import './style.css';
import { element } from '../../webview/page/element.js';
import { Wire } from '../../webview/page/wire.js';
import type { FromPage, GraphPlace, MigrationGraph, ToPage } from '../messages.js';
import { Drawing } from './drawing.js';
import { layoutOf } from './layout.js';
import { Places } from './places.js';

interface Kept {
  /** Are calls drawn? */
  readonly calls: boolean;
}

const wire = new Wire<ToPage, FromPage, Kept>(receive);
let { calls }: Kept = { calls: true, ...wire.kept };
let shown: { readonly graph: MigrationGraph; readonly uri: string } | undefined;

const open = (place: GraphPlace) => wire.post({ type: 'open', place });
const drawing = new Drawing(open);
const places = new Places(open);
const title = element('span', { class: 'title', role: 'status' });
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
  const drawn = { ...graph, edges, nodes: graph.nodes.filter(({ id }) => ends.has(id)) };
  drawing.show(drawn, layoutOf(drawn, measure));
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
      drawing.cursor(message.line);
      return;
    case 'graph': {
      const { graph, file, uri } = message;
      title.textContent = `${file} on ${graph.chip}`;
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
