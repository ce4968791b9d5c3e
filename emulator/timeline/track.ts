/**
 * Stretches of time, each of a kind, one after the other as they ended: millions of them in typed arrays, in chunks that know their sums.
 * So what a window holds is summed up without a look at each; and where there are too many, the oldest chunks keep their sums only.
 */

/** Stretches in a chunk. */
export const CHUNK = 512;

/** One stretch. */
export interface Stretch {
  /** Cycles. */
  readonly start: number;
  readonly end: number;
  /** Places in the run (Machine.steps): where one stands at its start, and after its end. */
  readonly steps: number;
  readonly after: number;
  readonly kind: number;
}

/** How often each kind occurs, and for how long. */
export class Sums {
  readonly kinds: number[] = [];
  readonly counts: number[] = [];
  readonly cycles: number[] = [];
  /** The longest. */
  readonly most: number[] = [];
  /** By kind: where it stands in the lists. */
  private readonly index: (number | undefined)[] = [];

  add(kind: number, count: number, cycles: number, most: number): void {
    let n = this.index[kind];
    if (n === undefined) {
      n = this.kinds.push(kind) - 1;
      this.index[kind] = n;
      this.counts[n] = this.cycles[n] = this.most[n] = 0;
    }
    this.counts[n]! += count;
    this.cycles[n]! += cycles;
    if (most > this.most[n]!) this.most[n] = most;
  }
  /** @param share how much of them */
  addAll({ kinds, counts, cycles, most }: Sums, share = 1): void {
    for (let n = 0; n < kinds.length; n++) this.add(kinds[n]!, counts[n]! * share, cycles[n]! * share, most[n]!);
  }
  /** Begin anew: to be used for one column after the other. */
  clear(): void {
    for (const kind of this.kinds) this.index[kind] = undefined;
    this.kinds.length = this.counts.length = this.cycles.length = this.most.length = 0;
  }
  scale(factor: number): void {
    for (let n = 0; n < this.kinds.length; n++) {
      this.counts[n] = Math.round(this.counts[n]! * factor);
      this.cycles[n]! *= factor;
    }
  }
}

/** Columns of a chunk's stretches. */
class Detail {
  readonly start = new Float64Array(CHUNK);
  readonly end = new Float64Array(CHUNK);
  readonly steps = new Float64Array(CHUNK);
  readonly after = new Float64Array(CHUNK);
  readonly kind = new Uint32Array(CHUNK);

  at(n: number): Stretch {
    return {
      start: this.start[n]!,
      end: this.end[n]!,
      steps: this.steps[n]!,
      after: this.after[n]!,
      kind: this.kind[n]!,
    };
  }
}

/** A run of stretches that were added one after the other. */
export interface Chunk {
  count: number;
  /** The least start and the latest end, in cycles and in steps. */
  start: number;
  end: number;
  steps: number;
  after: number;
  /** Absent: forgotten. */
  detail: Detail | undefined;
  sums: Sums;
}

export class Track {
  readonly chunks: Chunk[] = [];
  /** How many stretches there are in all, and in detail. */
  length = 0;
  detailed = 0;
  /** Chunks before this one have no detail. */
  private forgotten = 0;

  push(start: number, end: number, steps: number, after: number, kind: number): void {
    let chunk = this.chunks.at(-1);
    if (!chunk?.detail || chunk.count === CHUNK) {
      chunk = {
        count: 0,
        start,
        end,
        steps,
        after,
        detail: new Detail(),
        sums: new Sums(),
      };
      this.chunks.push(chunk);
    }
    const { detail, count } = chunk as { detail: Detail; count: number };
    detail.start[count] = start;
    detail.end[count] = end;
    detail.steps[count] = steps;
    detail.after[count] = after;
    detail.kind[count] = kind;
    chunk.sums.add(kind, 1, end - start, end - start);
    include(chunk, start, end, steps, after);
    chunk.count++;
    this.length++;
    this.detailed++;
  }

  /**
   * What lies after this place in the run has not happened.
   * @param straddling told of each stretch that had begun there
   */
  cut(place: number, straddling: (stretch: Stretch) => void = () => {}): void {
    while (this.chunks.length) {
      const chunk = this.chunks.at(-1)!;
      if (chunk.after <= place) return;
      const { detail } = chunk;
      if (!detail) {
        this.cutBlurred(chunk, place);
        if (chunk.count) return;
        continue;
      }
      let kept = 0;
      for (let n = 0; n < chunk.count; n++) {
        const stretch = detail.at(n);
        if (stretch.after <= place) kept++;
        else if (stretch.steps <= place) straddling(stretch);
      }
      // What is kept comes first: stretches are added as they end.
      this.length -= chunk.count - kept;
      this.detailed -= chunk.count - kept;
      if (kept === 0) {
        this.chunks.pop();
        continue;
      }
      this.recount(chunk, detail, kept);
      return;
    }
    this.forgotten = Math.min(this.forgotten, this.chunks.length);
  }

  private recount(chunk: Chunk, detail: Detail, count: number): void {
    chunk.count = count;
    chunk.sums = new Sums();
    const first = detail.at(0);
    [chunk.start, chunk.end, chunk.steps, chunk.after] = [first.start, first.end, first.steps, first.after];
    for (let n = 0; n < count; n++) {
      const { start, end, steps, after, kind } = detail.at(n);
      chunk.sums.add(kind, 1, end - start, end - start);
      include(chunk, start, end, steps, after);
    }
  }

  /** A part of what is known as sums only. */
  private cutBlurred(chunk: Chunk, place: number): void {
    const { count } = chunk;
    const factor = Math.max(0, (place - chunk.steps) / (chunk.after - chunk.steps));
    chunk.count = Math.floor(count * factor);
    this.length -= count - chunk.count;
    if (chunk.count === 0) {
      this.chunks.pop();
      this.forgotten = Math.min(this.forgotten, this.chunks.length);
      return;
    }
    chunk.sums.scale(factor);
    chunk.end = chunk.start + (chunk.end - chunk.start) * factor;
    chunk.after = place;
  }

  /** When the oldest detail ended; undefined: there is none to be forgotten. */
  get oldest(): number | undefined {
    const chunk = this.chunks[this.forgotten];
    return chunk && chunk !== this.chunks.at(-1) ? chunk.end : undefined;
  }

  /** Keep of the oldest chunk that has detail the sums only. */
  forget(): void {
    const chunk = this.chunks[this.forgotten];
    if (!chunk || chunk === this.chunks.at(-1)) return;
    chunk.detail = undefined;
    this.detailed -= chunk.count;
    this.forgotten++;
    if (this.forgotten >= 2 * MOST_BLURRED) this.merge();
  }

  /** So many sums are too many too: two and two become one. */
  private merge(): void {
    const merged: Chunk[] = [];
    for (let n = 0; n + 1 < this.forgotten; n += 2) {
      const [a, b] = [this.chunks[n]!, this.chunks[n + 1]!];
      include(a, b.start, b.end, b.steps, b.after);
      a.sums.addAll(b.sums);
      a.count += b.count;
      merged.push(a);
    }
    const rest = this.chunks.slice(2 * merged.length);
    this.forgotten -= merged.length;
    this.chunks.splice(0, this.chunks.length, ...merged, ...rest);
  }

  /** All stretches in order, of those that are known in detail. */
  *[Symbol.iterator](): Generator<Stretch> {
    for (const { detail, count } of this.chunks) if (detail) for (let n = 0; n < count; n++) yield detail.at(n);
  }

  /** Add up what lies between two times, cut where it reaches beyond. Of stretches that do not overlap. */
  sumUp(from: number, to: number, sums: Sums): void {
    for (let n = this.firstAfter(from); n < this.chunks.length; n++) {
      const chunk = this.chunks[n]!;
      if (chunk.start >= to) return;
      const { detail, count } = chunk;
      if (chunk.start >= from && chunk.end <= to) sums.addAll(chunk.sums);
      else if (detail) {
        for (let k = firstAbove(detail.end, count, from); k < count && detail.start[k]! < to; k++) {
          const cycles = Math.min(detail.end[k]!, to) - Math.max(detail.start[k]!, from);
          sums.add(detail.kind[k]!, 1, cycles, cycles);
        }
      } else {
        const share = (Math.min(chunk.end, to) - Math.max(chunk.start, from)) / (chunk.end - chunk.start);
        sums.addAll(chunk.sums, share);
      }
    }
  }

  /** How many stretches may lie between two times; infinitely many where only sums are known. */
  countIn(from: number, to: number): number {
    let sum = 0;
    for (let n = this.firstAfter(from); n < this.chunks.length && this.chunks[n]!.start < to; n++) {
      const { detail, count, start, end } = this.chunks[n]!;
      if (!detail) return Number.POSITIVE_INFINITY;
      if (start >= from && end <= to) sum += count;
      else sum += Math.max(1, firstAbove(detail.end, count, to) - firstAbove(detail.end, count, from));
    }
    return sum;
  }

  /** The first chunk that ends after this time. */
  firstAfter(time: number): number {
    let [low, high] = [0, this.chunks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.chunks[middle]!.end > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The stretches between two times, of those that are known in detail. */
  *within(from: number, to: number): Generator<Stretch> {
    for (let n = this.firstAfter(from); n < this.chunks.length && this.chunks[n]!.start < to; n++) {
      const { detail, count } = this.chunks[n]!;
      if (!detail) continue;
      for (let k = 0; k < count; k++) if (detail.end[k]! > from && detail.start[k]! < to) yield detail.at(k);
    }
  }

  /** The stretch at this time, where it is known in detail. Of stretches that do not overlap. */
  at(time: number): Stretch | undefined {
    const chunk = this.chunks[this.firstAfter(time)];
    if (!chunk?.detail) return undefined;
    const found = chunk.detail.at(firstAbove(chunk.detail.end, chunk.count, time));
    return found.start <= time ? found : undefined;
  }

  /** A place of the run at or before this time. */
  stepsAt(time: number): number | undefined {
    const chunk = this.chunks[this.firstAfter(time)];
    const { detail, count } = chunk ?? {};
    const n = detail ? firstAbove(detail.end, count!, time) : 0;
    return detail && detail.start[n]! <= time ? detail.steps[n] : chunk?.steps;
  }

  /** Sums over all. */
  total(): Sums {
    const sums = new Sums();
    for (const chunk of this.chunks) sums.addAll(chunk.sums);
    return sums;
  }
}

/** Chunks of a track that are kept as sums, half of them at least. */
const MOST_BLURRED = 8192;

function include(chunk: Chunk, start: number, end: number, steps: number, after: number): void {
  chunk.start = Math.min(chunk.start, start);
  chunk.end = Math.max(chunk.end, end);
  chunk.steps = Math.min(chunk.steps, steps);
  chunk.after = Math.max(chunk.after, after);
}

/** The first of so many ascending numbers that is above `value`. */
function firstAbove(list: Float64Array, count: number, value: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
