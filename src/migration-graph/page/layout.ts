/** Where everything of a graph lies, worked out by dagre. */
import { type Edge, Graph, layout as dagre } from '@dagrejs/dagre';
import type { GraphEdge, GraphNode, MigrationGraph } from '../messages.js';
import { edgeLines, nodeLines } from './words.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box with text, by its middle. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
}
export interface PlacedNode extends Box {
  readonly node: GraphNode;
}
export interface PlacedEdge extends Box {
  readonly edge: GraphEdge;
  /** The way from one node to the other. */
  readonly points: readonly Point[];
}
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Pixels: a line of text, and room around the lines of a node and of a label. */
export const LINE = 17;
const [NODE_MARGIN, LABEL_MARGIN] = [12, 6];

/** @param measure the width of a text, in pixels */
export function layoutOf({ nodes, edges, loops }: MigrationGraph, measure: (text: string) => number): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 36, edgesep: 24, ranksep: 64, marginx: 16, marginy: 16 });
  const sized = (lines: readonly string[], margin: number) => ({
    lines,
    width: Math.ceil(Math.max(...lines.map(measure))) + 2 * margin,
    height: lines.length * LINE + margin,
  });
  for (const node of nodes) {
    graph.setNode(node.id, { ...sized(nodeLines(node), NODE_MARGIN), node });
  }
  edges.forEach((edge, n) => {
    // Calls are many and say little: they take a way of their own only where nothing else goes.
    const weight = edge.kind === 'call' ? 1 : 2;
    graph.setEdge(
      edge.from,
      edge.to,
      { ...sized(edgeLines(edge, loops), LABEL_MARGIN), edge, weight, labelpos: 'c' },
      `${n}`,
    );
  });
  dagre(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    nodes: graph.nodes().map((id: string) => graph.node(id) as unknown as PlacedNode),
    edges: graph.edges().map((each: Edge) => graph.edge(each) as unknown as PlacedEdge),
  };
}

export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

/** The thing that lies nearest in a direction; undefined: none does. */
export function nearest<T extends Point>(from: T, all: readonly T[], direction: Direction): T | undefined {
  const across = direction === 'ArrowLeft' || direction === 'ArrowRight';
  const sign = direction === 'ArrowDown' || direction === 'ArrowRight' ? 1 : -1;
  const distance = (to: T) => {
    const [ahead, aside] = across ? [(to.x - from.x) * sign, to.y - from.y] : [(to.y - from.y) * sign, to.x - from.x];
    // What lies aside is farther than what lies ahead.
    return ahead > 1 ? ahead + 2 * Math.abs(aside) : Number.POSITIVE_INFINITY;
  };
  const candidates = all.filter((each) => each !== from && distance(each) < Number.POSITIVE_INFINITY);
  return candidates.sort((a, b) => distance(a) - distance(b))[0];
}
