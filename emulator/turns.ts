/**
 * Turns drawn from a seed: which hart is next, and for how long. Interrupts, wake-ups and the stores of other harts then come between
 * any two instructions of the guest, and yet the same seed gives the same run, to the instruction.
 *
 * A draw is made when a turn begins and at no other time, so neither the host's slices nor the engine change it.
 */

/** Powers of two: turns are drawn far too often to work them out. */
const powers = Array.from({ length: 33 }, (_, bits) => 2 ** bits);

export class Turns {
  private state = 0;
  private times = new Float64Array(8);

  /** @param quantum the most instructions of a turn, and the most cycles that a hart's time may lie after the least when it is chosen */
  constructor(
    private readonly seed: number,
    private readonly quantum: number,
  ) {
    this.reset();
  }

  reset(): void {
    this.state = this.seed >>> 0;
  }

  save(): number {
    return this.state;
  }
  restore(saved: number): void {
    this.state = saved;
  }

  /** Instructions of the next turn: 1 to quantum, each power of two as likely as the next, so that many turns are very short. */
  length(): number {
    const bits = this.below(33 - Math.clz32(this.quantum - 1));
    return Math.min(1 + this.below(powers[bits]!), this.quantum);
  }

  /** One of those whose time lies within a quantum of the least. @param timeOf cycles; infinite for one that can't run */
  next<T>(of: readonly T[], timeOf: (each: T) => number): T | undefined {
    if (this.times.length < of.length) this.times = new Float64Array(of.length);
    const { times } = this;
    let least = Number.POSITIVE_INFINITY;
    for (let n = 0; n < of.length; n++) {
      const time = timeOf(of[n]!);
      times[n] = time;
      if (time < least) least = time;
    }
    if (least === Number.POSITIVE_INFINITY) return undefined;
    const latest = least + this.quantum;
    let near = 0;
    for (let n = 0; n < of.length; n++) if (times[n]! <= latest) near++;
    let left = this.below(near);
    for (let n = 0; n < of.length; n++) if (times[n]! <= latest && left-- === 0) return of[n];
    return undefined;
  }

  /** A number from 0 to n - 1. (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", with a 32-bit finalizer.) */
  private below(n: number): number {
    this.state = (this.state + 0x9e3779b9) >>> 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return Math.floor((((z ^ (z >>> 16)) >>> 0) / 0x1_0000_0000) * n);
  }
}
