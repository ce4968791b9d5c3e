/** The migration graph: functions, each on the kinds of harts that threads execute it on, and the ways between them. */
import { type ClassName, classNames } from '../../isa/classes.js';
import { type Chip, describe, lends } from '../chip.js';
import type { CodeInstruction } from '../code/code.js';
import { addressesOf, type Flow, type FunctionFlow, type Traced, traceOf } from '../flow/flow.js';
import { AS_ENTERED, away, HOME, type State, within } from '../flow/state.js';
import { leavesFor } from '../flow/step.js';
import type { GraphEdge, GraphLoop, GraphNode, GraphPlace, GraphPoint, MigrationGraph } from '../messages.js';
import type { End as Ended, Forecast, Leave, Return } from './forecast.js';
import { ROUND_TRIP_CYCLES } from '../measured/cost.js';
import { type RoundTrips, roundTrips } from './ping-pong.js';

/** A kind of harts: those with a class, or (undefined) application harts. */
type Kind = ClassName | undefined;

/** Where an instruction stands, for the client; `here`: in the document that is asked about. */
export type PlaceOf = (instruction: CodeInstruction) => Placed | undefined;
export interface Placed {
  readonly place: GraphPlace;
  readonly here: boolean;
  /** The instruction as it is written, where that is known. */
  readonly text?: string;
}

export function migrationGraph(flow: Flow, known: Forecast, chip: Chip, placeOf: PlaceOf): MigrationGraph {
  const chipText = `${chip.name} (${describe(chip)})`;
  const nothing = whyNothing(flow, known, chip);
  if (nothing) return { chip: chipText, nothing, nodes: [], edges: [], loops: [] };
  return { chip: chipText, ...new Builder(flow, known, chip, placeOf).build() };
}

function whyNothing({ code }: Flow, { leaves, returns }: Forecast, chip: Chip): string | undefined {
  if (leaves.length || returns.length) return undefined;
  const lent = classNames.filter((name) => lends(chip, name));
  if (!code.instructions.length) return 'There are no instructions here.';
  if (!lent.length)
    return `On ${chip.name} no thread has to move: there is nothing that some harts have and the application harts lack.`;
  const needing = code.instructions.filter((each) => each.class && lent.includes(each.class));
  const names = lent.join(' or ');
  return needing.length
    ? `Nothing that the program's start leads to needs ${names}; what does is called from nowhere here.`
    : `No instruction here needs ${names}, which the application harts of ${chip.name} lack: threads stay where they are.`;
}

const whyBack: Readonly<Record<Return['reason'], string>> = {
  syscall: 'system call',
  breakpoint: 'breakpoint',
  'page-fault': 'page',
  illegal: 'missing instruction',
};

/** A node and an edge while more is found of them. */
interface Node extends GraphNode {
  readonly lines: [from: number, to: number][];
}
interface Edge extends GraphEdge {
  readonly points: GraphPoint[];
}

const grouped = <T extends { readonly instruction: CodeInstruction }>(list: readonly T[]) => {
  const out = new Map<number, T[]>();
  for (const each of list) {
    const { address } = each.instruction;
    out.set(address, [...(out.get(address) ?? []), each]);
  }
  return out;
};

class Builder {
  private readonly nodes = new Map<string, Node>();
  private readonly edges = new Map<string, Edge>();
  /** The first instructions of nodes' functions. */
  private readonly entries = new Map<string, CodeInstruction | undefined>();
  private readonly trips: readonly RoundTrips[];
  private readonly leaves: ReadonlyMap<number, readonly Leave[]>;
  private readonly returns: ReadonlyMap<number, readonly Return[]>;
  private readonly ends: ReadonlyMap<number, readonly Ended[]>;
  /** Kinds of harts that threads may be on, and the bits of `State.where` that say so. */
  private readonly kinds: readonly (readonly [Kind, number])[];

  constructor(
    private readonly flow: Flow,
    known: Forecast,
    chip: Chip,
    private readonly placeOf: PlaceOf,
  ) {
    this.trips = roundTrips(flow, known);
    this.leaves = grouped(known.leaves);
    this.returns = grouped(known.returns);
    this.ends = grouped(known.ends);
    this.kinds = [
      [undefined, HOME | AS_ENTERED],
      ...classNames.flatMap((name, n) => (lends(chip, name) ? [[name, away(n)] as const] : [])),
    ];
  }

  build(): Pick<MigrationGraph, 'nodes' | 'edges' | 'loops'> {
    for (const of of this.flow.functions.values()) {
      if (!of.context || of.outside) continue;
      if (this.isLibrary(of)) this.inside(of, of.context);
      else this.function(of, of.context);
    }
    const loops = this.trips.map(({ loop, leaves, returns }): GraphLoop => {
      const trips = Math.min(leaves.length, returns.length);
      return { ...this.placed(this.flow.code.at(loop.head)), trips, cycles: trips * ROUND_TRIP_CYCLES };
    });
    const edges = [...this.edges.values()];
    const ends = new Set(edges.flatMap(({ from, to }) => [from, to]));
    const nodes = [...this.nodes.values()].filter(({ id }) => ends.has(id));
    // Where a thread only passes, the function itself is the place.
    const told = nodes.map((node) => ({
      ...this.placed(this.entries.get(node.id)),
      ...node,
      lines: inOrder(node.lines),
    }));
    return { nodes: told, edges, loops };
  }

  private function(of: FunctionFlow, context: State): void {
    const trace = traceOf(of);
    const before = ({ state }: Traced) => this.on(within(state, context).where);
    let last: readonly Kind[] = [];
    for (const each of [...trace.values()].sort((a, b) => a.instruction.address - b.instruction.address)) {
      const { instruction, control, next } = each;
      const number = leavesFor(instruction, this.flow.around);
      const there: readonly Kind[] = number === undefined ? before(each) : [classNames[number]];
      for (const kind of there) this.executed(this.node(of, kind), instruction, last.includes(kind));
      last = there;
      this.changes(of, instruction, before(each), there);
      const callee = control.kind === 'calls' ? this.flow.functions.get(control.target ?? -1) : undefined;
      if (!callee?.context || callee.outside || (this.isLibrary(callee) && !this.matters.has(callee))) continue;
      for (const kind of there) this.edge([of, kind], [callee, kind], 'call', this.point(instruction, 'call'));
      const after = trace.get(next);
      for (const kind of after ? before(after) : [])
        if (!there.includes(kind))
          this.edge([callee, kind], [of, kind], 'end', this.point(instruction, 'back from call'));
    }
  }

  /** Code without lines, a library's: of interest is which function of it is called, not what that is made of. */
  private isLibrary({ entry }: FunctionFlow): boolean {
    return this.placeOf(this.flow.code.at(entry)!) === undefined;
  }

  /** A library's function: what happens in it happens in those of its functions that lead to it and are called from elsewhere. */
  private inside(of: FunctionFlow, context: State): void {
    const owners = this.owners.get(of.entry);
    if (!owners) return;
    for (const { instruction, state } of traceOf(of).values()) {
      const { address } = instruction;
      if (!this.leaves.has(address) && !this.returns.has(address) && !this.ends.has(address)) continue;
      const before = this.on(within(state, context).where);
      const number = leavesFor(instruction, this.flow.around);
      const there: readonly Kind[] = number === undefined ? before : [classNames[number]];
      for (const owner of owners) this.changes(owner, instruction, before, there);
    }
  }

  /** Of a library's functions, those that are called from elsewhere and lead to them. */
  private get owners(): ReadonlyMap<number, ReadonlySet<FunctionFlow>> {
    this.known ??= this.ownersOfLibrary();
    return this.known;
  }
  private known: Map<number, Set<FunctionFlow>> | undefined;
  /** Of those, the ones in which threads change harts, or end. */
  private get matters(): ReadonlySet<FunctionFlow> {
    if (this.mattering) return this.mattering;
    this.mattering = new Set();
    for (const [entry, owners] of this.owners)
      for (const address of addressesOf(this.flow.functions.get(entry)!))
        if (this.leaves.has(address) || this.returns.has(address) || this.ends.has(address))
          for (const owner of owners) this.mattering.add(owner);
    return this.mattering;
  }
  private mattering: Set<FunctionFlow> | undefined;
  private ownersOfLibrary(): Map<number, Set<FunctionFlow>> {
    const { functions } = this.flow;
    const out = new Map<number, Set<FunctionFlow>>();
    const called = new Set<number>();
    for (const of of functions.values())
      if (of.context && !of.outside && !this.isLibrary(of))
        for (const { target } of of.calls.values()) called.add(target);
    for (const entry of called) {
      const owner = functions.get(entry);
      if (!owner || !this.isLibrary(owner)) continue;
      const todo = [owner];
      for (let of = todo.pop(); of; of = todo.pop()) {
        const owners = out.get(of.entry) ?? new Set();
        if (owners.has(owner)) continue;
        out.set(of.entry, owners.add(owner));
        for (const { target } of of.calls.values()) {
          const next = functions.get(target);
          if (next && this.isLibrary(next)) todo.push(next);
        }
      }
    }
    return out;
  }

  /** What a thread does at an instruction that changes harts, or ends it. */
  private changes(
    of: FunctionFlow,
    instruction: CodeInstruction,
    before: readonly Kind[],
    there: readonly Kind[],
  ): void {
    this.leaving(of, instruction, before);
    this.returning(of, instruction, there);
    for (const { what } of this.ends.get(instruction.address) ?? [])
      for (const kind of there) this.ending(this.node(of, kind), this.point(instruction, what));
  }

  private leaving(of: FunctionFlow, instruction: CodeInstruction, before: readonly Kind[]): void {
    for (const { class: name, again, always } of this.leaves.get(instruction.address) ?? []) {
      const point = { ...this.point(instruction, name, always), ...(again && { again }) };
      for (const kind of again ? [undefined] : before)
        if (kind !== name) this.edge([of, kind], [of, name], 'leave', point);
    }
  }

  private returning(of: FunctionFlow, instruction: CodeInstruction, there: readonly Kind[]): void {
    const { calls } = this.flow.around;
    for (const { reason, always } of this.returns.get(instruction.address) ?? []) {
      const call = reason === 'syscall' ? calls : 'move';
      const point = this.point(instruction, call === 'auto' ? `${whyBack[reason]}, or asks` : whyBack[reason], always);
      for (const kind of there)
        if (kind !== undefined) {
          if (call === 'ask') this.edge([of, kind], [of, kind], 'ask', point);
          else this.edge([of, kind], [of, undefined], 'return', point);
        }
    }
  }

  /** A thread ends: whatever hart it was on. */
  private ending(from: Node, point: GraphPoint): void {
    if (!this.nodes.has(END)) this.nodes.set(END, { id: END, function: 'end', lines: [], end: true });
    this.way(from.id, END, 'exit', point);
  }

  private on(where: number): readonly Kind[] {
    return this.kinds.filter(([, bits]) => where & bits).map(([kind]) => kind);
  }

  private node({ entry }: FunctionFlow, kind: Kind): Node {
    const { code } = this.flow;
    const name = code.nameAt(entry) ?? `0x${entry.toString(16)}`;
    const id = `${name}@${kind ?? ''}`;
    let node = this.nodes.get(id);
    if (!node) {
      const start = entry === code.parts.start && kind === undefined;
      node = { id, function: name, ...(kind && { class: kind }), lines: [], ...(start && { start }) };
      this.nodes.set(id, node);
      this.entries.set(id, code.at(entry));
    }
    return node;
  }

  /** An instruction is executed there. @param goesOn so is the one before it in the function */
  private executed(node: Node, instruction: CodeInstruction, goesOn: boolean): void {
    const found = this.placeOf(instruction);
    if (!found) return;
    if (!node.place) this.nodes.set(node.id, { ...node, ...this.placed(instruction) });
    if (!found.here) return;
    const { line } = found.place;
    const last = node.lines.at(-1);
    // What a macro or a repetition makes stands on the same lines again.
    if (last && line >= last[0] && (goesOn || line <= last[1])) last[1] = Math.max(last[1], line);
    else node.lines.push([line, line]);
  }

  private edge(from: End, to: End, kind: GraphEdge['kind'], point: GraphPoint): void {
    this.way(this.node(...from).id, this.node(...to).id, kind, point);
  }

  private way(a: string, b: string, kind: GraphEdge['kind'], point: GraphPoint): void {
    const key = `${a} ${kind} ${b}`;
    let edge = this.edges.get(key);
    if (!edge) {
      edge = { from: a, to: b, kind, points: [] };
      this.edges.set(key, edge);
    }
    // Of what a library does it is enough that it does so somewhere.
    const alike = point.place ? -1 : edge.points.findIndex(({ place, why }) => !place && why === point.why);
    if (alike < 0) edge.points.push(point);
    else if (point.always) edge.points[alike] = point;
  }

  private point(instruction: CodeInstruction, why: string, always = true): GraphPoint {
    const { address, row } = instruction;
    const text = this.placeOf(instruction)?.text ?? row?.name ?? '';
    const loops = this.trips.flatMap(({ leaves, returns }, n) =>
      leaves.includes(address) || returns.includes(address) ? [n] : [],
    );
    return { ...this.placed(instruction), instruction: text, why, always, loops };
  }

  private placed(instruction: CodeInstruction | undefined): { readonly place?: GraphPlace } {
    const found = instruction && this.placeOf(instruction);
    return found ? { place: found.place } : {};
  }
}

type End = readonly [of: FunctionFlow, kind: Kind];

/** The node that stands for the end. */
const END = 'end';

/** Stretches of lines, by rising start and apart from each other: compilers mix lines. */
function inOrder(lines: Node['lines']): [from: number, to: number][] {
  const out: [from: number, to: number][] = [];
  for (const [from, to] of [...lines].sort(([a], [b]) => a - b)) {
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}
