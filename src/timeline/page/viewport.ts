/** The part of the run that is seen: cycles on one side, pixels on the other. */
import type { Span } from '../messages.js';

/** The fewest cycles that are shown. */
const LEAST = 20;

export class Viewport {
  /** Seen whole, also when it grows. */
  fitted = true;
  from = 0;
  to = 1;
  private start = 0;
  private end = 1;

  constructor(
    /** Pixels. */
    public width: number,
  ) {}

  get cycles(): number {
    return this.to - this.from;
  }
  /** Pixels from the left edge. */
  x(cycle: number): number {
    return ((cycle - this.from) / this.cycles) * this.width;
  }
  cycle(x: number): number {
    return this.from + (x / this.width) * this.cycles;
  }

  /** What there is to be seen. */
  limit({ from, to }: Span): void {
    [this.start, this.end] = [from, Math.max(to, from + LEAST)];
    if (this.fitted) this.fit();
    else this.put(this.from, this.to);
  }

  fit(): void {
    const margin = Math.max(1, (this.end - this.start) * 0.01);
    [this.from, this.to] = [Math.max(0, this.start - margin), this.end + margin];
    this.fitted = true;
  }

  /** Show from one time to another, as far as there is something. */
  put(from: number, to: number): void {
    const most = (this.end - Math.min(0, this.start)) * 1.1 + LEAST;
    const cycles = Math.min(Math.max(to - from, LEAST), most);
    const middle = (from + to) / 2;
    const slack = cycles / 2;
    const start = Math.min(Math.max(middle - cycles / 2, -slack), this.end - slack);
    [this.from, this.to] = [start, start + cycles];
    this.fitted = false;
  }

  /** @param factor below 1: closer; what is at x stays there */
  zoom(factor: number, x = this.width / 2): void {
    const at = this.cycle(x);
    const cycles = Math.max(this.cycles * factor, LEAST);
    const from = at - (x / this.width) * cycles;
    this.put(from, from + cycles);
  }

  pan(pixels: number): void {
    const by = (pixels / this.width) * this.cycles;
    this.put(this.from + by, this.to + by);
  }

  /** Bring a time into view. */
  reveal(cycle: number): void {
    if (cycle >= this.from && cycle <= this.to) return;
    const half = this.cycles / 2;
    this.put(cycle - half, cycle + half);
  }

  /** The times of an axis: round, about so many pixels apart. */
  ticks(pixels: number): number[] {
    const rough = (this.cycles * pixels) / this.width;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((each) => each >= rough)!);
    const found: number[] = [];
    for (let at = Math.max(0, Math.ceil(this.from / step)) * step; at <= this.to; at += step) found.push(at);
    return found;
  }
}
