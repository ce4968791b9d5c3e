/** A graph that is too large to be read is drawn around the cursor. */
import type { GraphEdge, GraphNode, MigrationGraph } from '../messages.js';

/** More ways than these are not drawn at once. */
export const MOST_WAYS = 100;

const holds = ({ lines }: GraphNode, line: number | undefined) =>
  line !== undefined && lines.some(([from, to]) => line >= from && line <= to);

/** Nodes that the cursor is in; where it is in none, the program's start or whatever comes first. */
export function middleOf({ nodes }: MigrationGraph, line: number | undefined): readonly GraphNode[] {
  const here = nodes.filter((node) => holds(node, line));
  if (here.length) return here;
  const start = nodes.find((node) => node.start) ?? nodes[0];
  return start ? [start] : [];
}

/** The graph, or so much of it as lies nearest to some of its nodes. @param most ways */
export function near(graph: MigrationGraph, middle: readonly GraphNode[], most = MOST_WAYS): MigrationGraph {
  if (graph.edges.length <= most) return graph;
  const of = new Map<string, GraphEdge[]>(graph.nodes.map(({ id }) => [id, []]));
  for (const edge of graph.edges) for (const end of new Set([edge.from, edge.to])) of.get(end)?.push(edge);
  const edges = new Set<GraphEdge>();
  const reached = new Set(middle.map(({ id }) => id));
  // What is added to the set while it is walked is walked as well: by rising distance.
  for (const id of reached)
    for (const edge of of.get(id)!) {
      if (edges.size === most) break;
      edges.add(edge);
      reached.add(edge.from).add(edge.to);
    }
  const ends = new Set([...middle.map(({ id }) => id), ...[...edges].flatMap(({ from, to }) => [from, to])]);
  return { ...graph, nodes: graph.nodes.filter(({ id }) => ends.has(id)), edges: [...edges] };
}
