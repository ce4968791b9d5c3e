/** What is drawn, in words: labels, and what a reader of screens says. */
import type { GraphEdge, GraphLoop, GraphNode, GraphPoint, MigrationGraph } from '../messages.js';

/** More lines are not told one by one. */
const MOST_LINES = 4;

/** `line 22`, `lines 25, 33, 38`; empty where none is known. */
export function linesText(points: readonly GraphPoint[]): string {
  const lines = [...new Set(points.flatMap(({ place }) => place?.line ?? []))];
  if (!lines.length) return '';
  const shown = lines.slice(0, MOST_LINES).join(', ');
  return `line${lines.length > 1 ? 's' : ''} ${shown}${lines.length > MOST_LINES ? ', …' : ''}`;
}

/** On which harts a node is. */
export const hartText = ({ class: name }: Pick<GraphNode, 'class'>) =>
  name === undefined ? 'on an application hart' : `on a hart with ${name}`;

/** `lines 20–21, 26–38`. */
export function rangesText({ lines }: GraphNode): string {
  if (!lines.length) return '';
  const shown = lines.slice(0, MOST_LINES).map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  const one = lines.length === 1 && lines[0]![0] === lines[0]![1];
  return `line${one ? '' : 's'} ${shown.join(', ')}${lines.length > MOST_LINES ? ', …' : ''}`;
}

/** What a thread does at a point. */
export function pointText(kind: GraphEdge['kind'], { why, always, again }: GraphPoint): string {
  switch (kind) {
    case 'leave':
      return `${always ? 'leaves' : 'may leave'}${again ? ' again' : ''} for ${why}`;
    case 'return':
      return `${always ? 'comes' : 'may come'} back for a ${why}`;
    case 'ask':
      return `${always ? 'asks' : 'may ask'} for a ${why}`;
    case 'call':
      return 'calls';
    case 'end':
      return 'comes out of the call';
    case 'exit':
      return why === 'program' ? 'ends the program' : 'ends';
  }
}

/** The lines of an edge's label: what happens, where, and what it costs. */
export function edgeLines({ kind, points }: GraphEdge, loops: readonly GraphLoop[]): string[] {
  const whats = [...new Set(points.map((point) => pointText(kind, { ...point, again: false })))];
  // What is sure at one place need not be told again as possible at others.
  const doubted = new Set(
    points.filter(({ always }) => always).map((point) => pointText(kind, { ...point, always: false })),
  );
  const shown = whats.filter((what) => !doubted.has(what) || whats.length === 1);
  return [...shown, linesText(points), ...costs(points, loops)].filter(Boolean);
}

const costs = (points: readonly GraphPoint[], loops: readonly GraphLoop[]) => {
  const through = [...new Set(points.flatMap((point) => point.loops))].map((n) => loops[n]!);
  return through.map(
    ({ place, cycles }) => `each time round the loop${place ? ` at ${place.line}` : ''}: ${cyclesText(cycles)}`,
  );
};

export const cyclesText = (cycles: number) => `${cycles.toLocaleString('en')} cycles`;

/** What a loop costs: `about 1 round trip (1,700 cycles) an iteration`. */
export const loopText = ({ trips, cycles }: GraphLoop) =>
  `about ${trips} round trip${trips > 1 ? 's' : ''} (${cyclesText(cycles)}) an iteration`;

/** What stands in a node. */
export const nodeLines = (node: GraphNode): string[] =>
  (node.end ? [node.function] : [node.function, hartText(node), rangesText(node)]).filter(Boolean);

export const nodeName = (node: GraphNode) =>
  [...nodeLines(node), ...(node.start ? ['the program starts here'] : [])].join(', ');

export function edgeName(edge: GraphEdge, { nodes, loops }: MigrationGraph): string {
  const [from, to] = [edge.from, edge.to].map((id) => nodes.find((each) => each.id === id)!);
  const of = (node: GraphNode) => (node.end ? node.function : `${node.function} ${hartText(node)}`);
  return [`from ${of(from!)} to ${of(to!)}`, ...edgeLines(edge, loops)].join(', ');
}
