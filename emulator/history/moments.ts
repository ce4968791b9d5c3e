/** Moments of a run to which the machine can be put back: when one is worth its price, and which is missed least when there is no more room. */
import type { Stop } from '../driver.js';
import type { Machine } from '../machine.js';
import { PageHistory } from './pages.js';

export interface MomentOptions {
  /** Steps (see Machine.steps) from one moment to the next, at most, while they are young. */
  readonly spacing: number;
  /** How many moments are kept, and bytes of them, at most. */
  readonly mostMoments: number;
  readonly mostBytes: number;
  /** Milliseconds. Only where moments lie depends on it, nothing of what is to be seen at any place. */
  readonly clock: () => number;
}

/** From one moment to the next it may take so many times as long as to keep one, within these milliseconds. */
const WORTH = 40;
const SOONEST = 80;
const LATEST = 100;

/** One of so many runs is looked at by the clock: to read it may take longer than a short run. */
const SAMPLE = 8;

interface Moment {
  readonly steps: number;
  /** How many inputs of the journal it has been given. */
  readonly given: number;
  readonly state: ReturnType<Machine['save']>;
}

export class Moments {
  private readonly pages: PageHistory;
  /** By their steps, of which no two have the same. */
  private readonly list: Moment[] = [];
  /** Milliseconds that the machine has run since it was at a moment, and that keeping one takes. */
  private ran = 0;
  private cost = 0;
  private runs = 0;

  /** @param near steps: of those that lie nearer than this to where the machine stands, none is worth more than the others */
  constructor(
    private readonly machine: Machine,
    private readonly options: MomentOptions,
    private readonly near: number,
  ) {
    this.pages = new PageHistory(machine.memory, machine.harts);
  }

  /** How many there are. */
  get count(): number {
    return this.list.length;
  }
  /** Bytes that they hold. */
  get bytes(): number {
    return this.pages.bytes;
  }

  /** The number of the last one at or before these steps. */
  lastAt(steps: number): number {
    let n = this.list.length - 1;
    while (n > 0 && this.list[n]!.steps > steps) n--;
    return n;
  }

  /** Where one lies, by its number. */
  stepsOf(n: number): number {
    return this.list[n]!.steps;
  }

  /** Keep where the machine stands, having been `given` so many inputs, unless that is kept already. */
  keep(given: number): void {
    const { clock, mostMoments, mostBytes } = this.options;
    const start = clock();
    this.ran = 0;
    const { list } = this;
    const now = this.machine.steps;
    const at = list.length ? this.lastAt(now) + 1 : 0;
    if (list[at - 1]?.steps === now) return;
    this.pages.take(now, list[at]?.steps);
    list.splice(at, 0, { steps: now, given, state: this.machine.save() });
    while (list.length > 2 && (list.length > mostMoments || this.bytes > mostBytes)) this.thin();
    const took = clock() - start;
    this.cost = this.cost ? this.cost * 0.75 + took * 0.25 : took;
  }

  /** Put the machine to one. @returns how many inputs it has been given there */
  putBack(n: number): number {
    const { steps, state, given } = this.list[n]!;
    this.pages.restore(steps);
    this.machine.restore(state);
    this.ran = 0;
    return given;
  }

  /** Forget those after these steps. */
  forgetAfter(steps: number): void {
    const last = this.lastAt(steps);
    this.list.splice(last + 1);
    this.pages.forgetAfter(this.stepsOf(last));
  }

  /** Is it time to keep one? */
  get isDue(): boolean {
    const now = this.machine.steps;
    const passed = now - this.stepsOf(this.lastAt(now));
    const patience = Math.min(Math.max(WORTH * this.cost, SOONEST), LATEST);
    return passed >= this.options.spacing || (passed > 0 && this.ran >= patience);
  }

  /** Run, and see how long it takes. */
  timed(run: () => Stop): Stop {
    if (++this.runs % SAMPLE > 0) return run();
    const { clock } = this.options;
    const start = clock();
    const stop = run();
    this.ran += SAMPLE * (clock() - start);
    return stop;
  }

  /** Forget the one that is missed least: whose neighbours lie closest together, seen from here. */
  private thin(): void {
    const { list } = this;
    const now = this.machine.steps;
    let [least, which] = [Number.POSITIVE_INFINITY, 1];
    for (let n = 1; n < list.length - 1; n++) {
      const gap = list[n + 1]!.steps - list[n - 1]!.steps;
      const loss = gap / (Math.abs(now - list[n]!.steps) + this.near);
      if (loss < least) [least, which] = [loss, n];
    }
    const [moment] = list.splice(which, 1);
    this.pages.forget(moment!.steps, list[which - 1]!.steps, list[which]!.steps);
  }
}
