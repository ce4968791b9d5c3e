/** The timeline's page: a toolbar, the chart on a canvas, its legend, sums and the table of places. */
import '../../webview/page/theme.css';
import './style.css';
import { element } from '../../webview/page/element.js';
import { Wire } from '../../webview/page/wire.js';
import type { FromPage, Span, TimelineBody, ToPage } from '../messages.js';
import { control } from './controls.js';
import { draw } from './drawing.js';
import { Filter, type Hidden } from './filter.js';
import { type Hit, hitAt, type Layout, layoutOf, NAMES, nextArrow, segmentAt } from './layout.js';
import { Legend } from './legend.js';
import { Palette } from './palette.js';
import { PlacesTable } from './places-table.js';
import { SumsTable } from './sums.js';
import { Viewport } from './viewport.js';
import { arrowLines, grouped, segmentLines } from './words.js';

/** Milliseconds between two looks while the program runs, and between two at the places. */
const LIVE = 250;
const PLACES = 1500;

interface Kept {
  readonly hidden: Hidden;
}

const wire = new Wire<ToPage, FromPage, Kept>(receive);
const view = new Viewport(600);
const filter = new Filter(wire.kept?.hidden);
let palette = new Palette();
let body: TimelineBody | undefined;
let layout: Layout = layoutOf(1, 200);
let hit: Hit | undefined;
let selection: Span | undefined;
/** The hart that has the focus in the call stack; the one that keys go along, and how far they have come. */
let focus: number | undefined;
let picked: { hart: number; cycle: number; to?: { steps: number; threadId: number } } | undefined;
/** Where the pointer is on the canvas. */
let pointer: { x: number; y: number } | undefined;
/** Numbers questions; one is asked at a time, and again if something has changed meanwhile. */
let asked = 0;
let waiting = false;
let again = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let placesAt = 0;
let ended = false;

const canvas = element('canvas', {
  tabindex: 0,
  role: 'application',
  'aria-label':
    'Timeline of the harts. Plus and minus zoom, left and right move, F shows all, up and down choose a hart, N and P go to its next and last crossing, Enter goes there in time.',
});
const context = canvas.getContext('2d')!;
const chart = element('div', { class: 'chart' }, canvas);
const tooltip = element('div', { class: 'tooltip', role: 'tooltip', hidden: true });
const status = element('div', { class: 'status secondary' });
/** What the keys have come to. */
const said = element('div', { class: 'said', role: 'status' });
const trouble = element('div', { class: 'error trouble', role: 'alert' });
const button = (label: string, title: string, onclick: () => void) => element('button', { title, onclick }, label);
const toolbar = element(
  'div',
  { class: 'toolbar', role: 'toolbar', 'aria-label': 'Timeline' },
  button('Fit', 'Show the whole run (F)', fit),
  button('−', 'Zoom out (-)', () => zoom(1.5)),
  button('+', 'Zoom in (+)', () => zoom(1 / 1.5)),
  button('To Now', 'Bring into view where the program stands', toNow),
  button('Export Trace…', 'Save the run so far as a Chrome trace, which Perfetto opens', () =>
    wire.post({ type: 'export' }),
  ),
  status,
);
const legend = new Legend(() => {
  wire.keep({ hidden: filter.hidden });
  paint();
});
const sums = new SumsTable();
const places = new PlacesTable((place) => wire.post({ type: 'open', place }));
const below = element('div', { class: 'below' }, sums.root, places.root);
document.body.append(toolbar, trouble, chart, said, legend.root, below, tooltip);

control(canvas, {
  zoom,
  pan: (pixels) => move(() => view.pan(pixels)),
  fit,
  toEnd: (end) =>
    move(() => {
      if (!body) return;
      const { cycles } = view;
      if (end === 'start') view.put(body.start, body.start + cycles);
      else view.put(body.end - cycles * 0.98, body.end + cycles * 0.02);
    }),
  hover: (x, y) => hover({ x, y }),
  leave: () => hover(undefined),
  click: (x, y, other) => {
    const at = body && hitAt(x, y, body, filter, layout, view);
    if (at) go(at, x, other);
  },
  select: (range) => {
    selection = range && {
      from: Math.max(0, Math.round(view.cycle(range.from))),
      to: Math.max(1, Math.round(view.cycle(range.to))),
    };
    look();
    paint();
  },
  pick: (by) => {
    if (!body) return;
    const hart = Math.min(body.harts.length - 1, Math.max(0, (picked?.hart ?? (by > 0 ? -1 : 1)) + by));
    picked = { hart, cycle: Math.round(picked?.cycle ?? Math.max(0, view.from)) };
    tell(segmentAt(body.lanes[hart]!, picked.cycle), hart);
    paint();
  },
  step: (forward) => {
    if (!body) return;
    picked ??= { hart: focus ?? 0, cycle: Math.max(0, view.from) };
    const arrow = nextArrow(body, filter, picked.hart, picked.cycle, forward);
    if (!arrow) {
      said.textContent = `No ${forward ? 'further' : 'earlier'} crossing of hart ${picked.hart} here.`;
      return;
    }
    const leaves = body.routes[arrow[4]!]!.from === picked.hart;
    picked.cycle = leaves ? arrow[0]! : arrow[1]!;
    picked.to = { steps: leaves ? arrow[2]! : arrow[3]!, threadId: picked.hart + 1 };
    hit = { kind: 'arrow', arrow, atEnd: !leaves };
    said.textContent = arrowLines(arrow, body).join(', ');
    move(() => view.reveal(picked!.cycle));
  },
  enter: () => {
    if (picked) goTo(picked.to ?? { cycle: Math.round(picked.cycle), threadId: picked.hart + 1 });
  },
});

new ResizeObserver(resize).observe(chart);
// The theme is told by the body's classes and by variables of the root.
new MutationObserver(() => {
  palette = new Palette();
  showLegend();
  paint();
}).observe(document.body, { attributes: true, attributeFilter: ['class'] });
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) look();
});
wire.post({ type: 'ready' });
resize();

// Looking

function receive(message: ToPage): void {
  switch (message.type) {
    case 'stale':
      ended = false;
      look();
      return;
    case 'nothing':
      ended = true;
      waiting = false;
      status.textContent = message.why;
      return;
    case 'refused':
      if (message.id === undefined) trouble.textContent = message.message;
      else {
        waiting = false;
        // The session goes; what was seen last stays.
        if (!body) status.textContent = message.message;
      }
      return;
    case 'places':
      places.show(message.places);
      return;
    case 'answer':
      answered(message.body, message.hart);
      return;
  }
}

/** Ask for what is seen, and as much on either side, so that moving finds something. */
function look(): void {
  clearTimeout(timer);
  if (document.hidden || ended) return;
  if (waiting) {
    again = true;
    return;
  }
  [waiting, again] = [true, false];
  asked++;
  const columns = Math.min(4000, Math.max(50, Math.round(view.width) * (view.fitted ? 1 : 2)));
  const margin = view.cycles / 2;
  const window = view.fitted
    ? {}
    : { from: Math.max(0, Math.floor(view.from - margin)), to: Math.max(1, Math.ceil(view.to + margin)) };
  wire.post({ type: 'look', id: asked, look: { ...window, columns, selection: summed() } });
  if (Date.now() - placesAt > PLACES || !body?.running) {
    placesAt = Date.now();
    wire.post({ type: 'places' });
  }
}

/** What sums are shown of. */
function summed(): Span {
  if (selection) return selection;
  if (view.fitted && body) return { from: body.start, to: Math.max(body.end, body.start + 1) };
  return { from: Math.max(0, Math.round(view.from)), to: Math.max(1, Math.round(view.to)) };
}

function answered(answer: TimelineBody, hart: number | undefined): void {
  waiting = false;
  const first = !body;
  body = answer;
  focus = hart;
  hit = sameArrow(hit);
  view.limit({ from: answer.start, to: answer.end });
  status.textContent = `${answer.soc} · ${grouped(answer.events)} events${answer.running ? ' · running' : ''}`;
  trouble.textContent = '';
  sums.show(answer, summed(), selection !== undefined);
  showLegend();
  resize();
  if (pointer) hover(pointer);
  if (again || first) look();
  else if (answer.running) timer = setTimeout(look, LIVE);
}

/** What was marked, as the new answer has it. */
function sameArrow(old: Hit | undefined): Hit | undefined {
  if (old?.kind !== 'arrow') return undefined;
  const arrow = body!.arrows.find((each) => each[2] === old.arrow[2] && each[4] === old.arrow[4]);
  return arrow && { ...old, arrow };
}

function showLegend(): void {
  if (body) legend.show(body, filter, palette);
}

// Moving

function move(change: () => void): void {
  change();
  paint();
  look();
}
function zoom(factor: number, x?: number): void {
  move(() => view.zoom(factor, x));
}
function fit(): void {
  move(() => view.fit());
}
function toNow(): void {
  if (body) move(() => view.reveal(body!.harts[focus ?? 0]!.now));
}

/** To what was clicked. @param other its other end */
function go(at: Hit, x: number, other: boolean): void {
  if (at.kind === 'arrow') {
    const [, , before, after, route] = at.arrow as [number, number, number, number, number];
    const { from, to } = body!.routes[route]!;
    goTo(other ? { steps: after, threadId: to + 1 } : { steps: before, threadId: from + 1 });
    return;
  }
  const cycle = Math.max(0, Math.round(view.cycle(x - NAMES)));
  if (at.kind === 'segment') goTo({ cycle, threadId: at.hart + 1 });
}

function goTo(to: { steps?: number; cycle?: number; threadId: number }): void {
  trouble.textContent = '';
  if (ended) trouble.textContent = 'The session has ended: there is no run to go back in.';
  else if (body?.running) trouble.textContent = 'The program is running; pause it to go back in it.';
  else if (body && !body.recorded)
    trouble.textContent = 'Started without debugging, the run is not recorded: there is no way back in it.';
  else wire.post({ type: 'goTo', to });
}

// Drawing

function hover(at: { x: number; y: number } | undefined): void {
  pointer = at;
  if (!body) return;
  const before = hit;
  const { x, y } = at ?? { x: 0, y: 0 };
  hit = at && hitAt(x, y, body, filter, layout, view);
  const lines =
    hit?.kind === 'arrow'
      ? [...arrowLines(hit.arrow, body), body.recorded && !ended ? 'Click: to before it. Alt+click: to after it.' : '']
      : hit?.kind === 'segment'
        ? segmentLines(hit.segment, hit.hart, body)
        : [];
  canvas.style.cursor = hit ? 'pointer' : 'default';
  tooltip.hidden = lines.length === 0;
  tooltip.replaceChildren(...lines.filter(Boolean).map((line) => element('div', {}, line)));
  if (lines.length) {
    const box = canvas.getBoundingClientRect();
    const left = Math.min(box.left + x + 14, window.innerWidth - tooltip.offsetWidth - 8);
    const lower = box.top + y + 18;
    const top = lower + tooltip.offsetHeight > window.innerHeight ? box.top + y - tooltip.offsetHeight - 10 : lower;
    tooltip.style.left = `${Math.max(0, left)}px`;
    tooltip.style.top = `${Math.max(0, top)}px`;
  }
  if (before !== hit) paint();
}

/** Tell readers of screens what the keys have come to. */
function tell(segment: readonly number[] | undefined, hart: number): void {
  said.textContent = segment ? segmentLines(segment, hart, body!).join(', ') : `hart ${hart}`;
}

function resize(): void {
  const width = chart.clientWidth;
  if (!width) return;
  layout = layoutOf(body?.harts.length ?? 1, Math.max(160, window.innerHeight * 0.45));
  const wider = view.width !== width - NAMES - 8;
  view.width = Math.max(100, width - NAMES - 8);
  const scale = window.devicePixelRatio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${layout.height}px`;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(layout.height * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  paintNow();
  if (wider) look();
}

let painting = false;
/** With the next frame. */
function paint(): void {
  if (painting) return;
  painting = true;
  requestAnimationFrame(paintNow);
}

function paintNow(): void {
  painting = false;
  if (!body) {
    context.clearRect(0, 0, canvas.width, canvas.height);
    return;
  }
  draw(context, { body, view, layout, filter, palette, hit, selection, focus, picked: picked?.hart });
}
