/** What a timeline shows of a stretch of time, at the resolution of a screen: as much to send and to draw however much happened. */
import { IDLE } from './actors.js';
import type { Route } from './crossings.js';
import type { Timeline } from './timeline.js';
import { Sums } from './track.js';

/** `[start, end, steps, actor, cycles, actor, cycles …]`: who ran how long of it, the longest first; `steps`: a place of the run at its start. */
export type Segment = readonly number[];

/**
 * `[start, end, from steps, to steps, route, count, cycles]`: one crossing, with the places of the run before it and after it; or, with a
 * count above 1, as many of one kind that ended in this time, with their cycles together.
 */
export type Arrow = readonly number[];

export interface Window {
  readonly lanes: readonly (readonly Segment[])[];
  readonly arrows: readonly Arrow[];
}

/** Actors that are told apart in one column. */
const MOST_PARTS = 4;
/** Columns that share an arrow where there are too many. */
const ARROW_COLUMNS = 8;

/** What happened from one time to another, in cycles, in so many columns. */
export function windowOf(timeline: Timeline, from: number, to: number, columns: number): Window {
  return {
    lanes: timeline.lanes.map((_, hart) => lane(timeline, hart, from, to, columns)),
    arrows: arrows(timeline, from, to, columns),
  };
}

function lane(timeline: Timeline, hart: number, from: number, to: number, columns: number): Segment[] {
  const track = timeline.lanes[hart]!;
  const open = timeline.unfinished(hart);
  const segments: number[][] = [];
  if (track.countIn(from, to) <= columns) {
    for (const { start, end, steps, kind } of track.within(from, to))
      segments.push([start, end, steps, kind, end - start]);
    for (const { start, end, steps, kind } of open)
      if (start < to && end > from) segments.push([start, end, steps, kind, end - start]);
    return segments;
  }
  const sums = new Sums();
  const edge = (n: number) => Math.round(from + ((to - from) * n) / columns);
  for (let n = 0; n < columns; n++) {
    const [start, end] = [edge(n), edge(n + 1)];
    if (end <= start) continue;
    const parts = longest(timeline.sumUp(hart, start, end, sums));
    if (!parts.length) continue;
    const last = segments.at(-1);
    // All the same, as it was before.
    if (parts.length === 2 && last?.length === 5 && last[1] === start && last[3] === parts[0]) {
      last[1] = end;
      last[4]! += parts[1]!;
    } else segments.push([start, end, track.stepsAt(start) ?? open[0]!.steps, ...parts]);
  }
  return segments;
}

/** `[actor, cycles, actor, cycles …]`, the longest first. */
function longest({ kinds, cycles }: Sums): number[] {
  const parts: number[] = [];
  for (let k = 0; k < kinds.length; k++) {
    const most = Math.round(cycles[k]!);
    let at = parts.length;
    while (at > 0 && parts[at - 1]! < most) at -= 2;
    parts.splice(at, 0, kinds[k]!, most);
  }
  parts.length = Math.min(parts.length, 2 * MOST_PARTS);
  return parts;
}

function arrows({ crossings: { track, routes } }: Timeline, from: number, to: number, columns: number): Arrow[] {
  const found: number[][] = [];
  if (track.countIn(from, to) <= columns) {
    for (const { start, end, steps, after, kind } of track.within(from, to))
      found.push([start, end, steps, after, kind, 1, end - start]);
    return found;
  }
  const width = ((to - from) * ARROW_COLUMNS) / columns;
  const byFlow = new Map<number, number[]>();
  const flows = flowsOf(routes);
  /** @param kind the first of its flow */
  const add = (bin: number, kind: number, count: number, cycles: number, steps: number, after: number) => {
    const key = bin * routes.length + kind;
    const known = byFlow.get(key);
    if (known) {
      known[5]! += count;
      known[6]! += cycles;
      known[3] = after;
    } else
      byFlow.set(key, [
        Math.round(from + bin * width),
        Math.round(from + (bin + 1) * width),
        steps,
        after,
        kind,
        count,
        cycles,
      ]);
  };
  const same = new SameBin(routes.length, add);
  for (let n = track.firstAfter(from); n < track.chunks.length; n++) {
    const chunk = track.chunks[n]!;
    if (chunk.start >= to) break;
    const [first, last] = [Math.floor((chunk.start - from) / width), Math.floor((chunk.end - from) / width)];
    if (chunk.detail && first !== last) {
      const { start, end, steps, after, kind } = chunk.detail;
      for (let k = 0; k < chunk.count; k++) {
        const at = end[k]!;
        if (at > from && at < to)
          same.add(Math.floor((at - from) / width), flows[kind[k]!]!, 1, at - start[k]!, steps[k]!, after[k]!);
      }
      continue;
    }
    const { kinds, counts, cycles } = chunk.sums;
    const bins = last - first + 1;
    for (let bin = Math.max(0, first); bin <= Math.min(last, columns / ARROW_COLUMNS - 1); bin++)
      for (let k = 0; k < kinds.length; k++)
        same.add(bin, flows[kinds[k]!]!, counts[k]! / bins, cycles[k]! / bins, chunk.steps, chunk.after);
  }
  same.flush();
  return [...byFlow.values()].map((arrow) => arrow.map(Math.round));
}

/** Adds up what is alike and ends in one bin, for most often one comes after the other, before `add` is told of it. */
class SameBin {
  private bin = -1;
  private readonly kinds: number[] = [];
  private readonly counts: Float64Array;
  private readonly cycles: Float64Array;
  private readonly steps: Float64Array;
  private readonly after: Float64Array;

  constructor(
    routes: number,
    private readonly tell: (
      ...sum: [bin: number, kind: number, count: number, cycles: number, steps: number, after: number]
    ) => void,
  ) {
    this.counts = new Float64Array(routes);
    this.cycles = new Float64Array(routes);
    this.steps = new Float64Array(routes);
    this.after = new Float64Array(routes);
  }

  add(bin: number, kind: number, count: number, cycles: number, steps: number, after: number): void {
    if (bin !== this.bin) {
      this.flush();
      this.bin = bin;
    }
    if (this.counts[kind] === 0) {
      this.kinds.push(kind);
      this.steps[kind] = steps;
    }
    this.counts[kind]! += count;
    this.cycles[kind]! += cycles;
    this.after[kind] = after;
  }

  flush(): void {
    for (const kind of this.kinds) {
      this.tell(this.bin, kind, this.counts[kind]!, this.cycles[kind]!, this.steps[kind]!, this.after[kind]!);
      this.counts[kind] = this.cycles[kind] = 0;
    }
    this.kinds.length = 0;
  }
}

/** By route: the first that is drawn as one with it, since but for the place they are alike. */
function flowsOf(routes: readonly Route[]): number[] {
  const first = new Map<string, number>();
  return routes.map(({ way, task, from, to, reason }, n) => {
    const key = `${way} ${task} ${from} ${to} ${reason}`;
    if (!first.has(key)) first.set(key, n);
    return first.get(key)!;
  });
}

/** The sums of a stretch of time. */
export interface Selection {
  /** Cycles of each actor, by hart: `[actor, cycles, actor, cycles …]`. */
  readonly harts: readonly (readonly number[])[];
  /** `[route, count, cycles, longest]` of the crossings that ended in it, in cycles. */
  readonly crossings: readonly (readonly number[])[];
}

export function sumsOf(timeline: Timeline, from: number, to: number): Selection {
  const harts = timeline.lanes.map((_, hart) => {
    const sums = timeline.sumUp(hart, from, to);
    return sums.kinds.flatMap((kind, n) => [kind, Math.round(sums.cycles[n]!)]);
  });
  const sums = new Sums();
  const { track } = timeline.crossings;
  for (let n = track.firstAfter(from); n < track.chunks.length && track.chunks[n]!.start < to; n++) {
    const chunk = track.chunks[n]!;
    if ((chunk.start >= from && chunk.end < to) || !chunk.detail) sums.addAll(chunk.sums);
    else
      for (let k = 0; k < chunk.count; k++) {
        const { start, end, kind } = chunk.detail.at(k);
        if (end >= from && end < to) sums.add(kind, 1, end - start, end - start);
      }
  }
  return { harts, crossings: sums.kinds.map((kind, n) => [kind, sums.counts[n]!, sums.cycles[n]!, sums.most[n]!]) };
}

/** Where in the run a hart was at this time: a hart that ran then, with a place before and its time. A hart that waits is taken there by another. */
export function placeAt(timeline: Timeline, hart: number, cycle: number): { hart: number; steps: number } | undefined {
  const harts = [hart, ...timeline.lanes.keys()];
  for (const each of harts) {
    const track = timeline.lanes[each]!;
    const found = track.at(cycle) ?? timeline.unfinished(each).find(({ start, end }) => start <= cycle && cycle < end);
    if (found && found.kind !== IDLE) return { hart: each, steps: found.steps };
    const steps = found ? undefined : track.stepsAt(cycle);
    if (steps !== undefined) return { hart: each, steps };
  }
  return undefined;
}
