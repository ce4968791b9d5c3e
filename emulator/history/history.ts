/**
 * A run that can be gone back in. Moments of it are kept, dense where it is young and thin where it is old; to be anywhere else, the
 * nearest one before is put back and the machine runs forward, silently, with the inputs that it was given then.
 */
import type { MachineEvent } from '../events.js';
import type { Machine, Stop } from '../machine.js';
import { type Input, give } from './inputs.js';
import { PageHistory } from './pages.js';

export interface HistoryOptions {
  /** Steps (see Machine.steps) between two moments while they are young. */
  readonly spacing?: number;
  /** How many moments are kept, and bytes of them, at most. */
  readonly mostMoments?: number;
  readonly mostBytes?: number;
}

const DEFAULTS: Required<HistoryOptions> = { spacing: 5_000_000, mostMoments: 200, mostBytes: 512 * 2 ** 20 };

interface Moment {
  readonly steps: number;
  /** How many inputs of the journal it has been given. */
  given: number;
  /** It can't be made again by running forward, so it stays. */
  pinned: boolean;
  readonly state: ReturnType<Machine['save']>;
}

/** An input, and how far the run had come when it was given. */
export interface Noted {
  readonly steps: number;
  readonly input: Input | { readonly kind: 'edit'; readonly moment: Moment };
}

/** What happens on the way to another place. */
export interface Way {
  /** Hears the events on the way; nobody else does. It may stop the machine. */
  readonly listener?: (event: MachineEvent) => void;
  /** Called now and then; true: give it up. */
  readonly breathe?: () => Promise<boolean>;
}

/** Steps between two breaths. */
const SLICE = 2_000_000;

export class History {
  private readonly options: Required<HistoryOptions>;
  private readonly pages: PageHistory;
  private readonly moments: Moment[] = [];
  private journal: Noted[] = [];
  /** How many inputs of the journal the machine has been given. */
  private given = 0;
  private furthest: number;

  /** From here on the run can be gone back in. */
  constructor(
    private readonly machine: Machine,
    options: HistoryOptions = {},
  ) {
    this.options = { ...DEFAULTS, ...options };
    this.pages = new PageHistory(machine.memory, machine.harts);
    this.furthest = machine.steps;
    this.keep();
  }

  /** Steps at which the history begins, where the machine stands (for a listener of events: before what it hears of), and how far it has ever been. */
  get start(): number {
    return this.moments[0]!.steps;
  }
  get now(): number {
    return this.machine.steps;
  }
  get end(): number {
    return this.furthest;
  }
  /** Bytes that the moments hold. */
  get bytes(): number {
    return this.pages.bytes;
  }
  /** All inputs so far, those included that lie ahead after going back. */
  get inputs(): readonly Noted[] {
    return this.journal;
  }

  /** As Machine.run; inputs that lie ahead are given again when it is their turn. */
  run(budgetInstructions: number): Stop {
    for (let left = budgetInstructions; ; ) {
      this.giveDue();
      if (this.now - this.moments.at(-1)!.steps >= this.options.spacing) this.keep();
      const before = this.now;
      const stop = this.machine.run(Math.min(left, this.untilNext()));
      left -= this.now - before;
      this.furthest = Math.max(this.furthest, this.now);
      if (stop.reason !== 'budget' || left <= 0) return stop;
    }
  }

  /** As Machine.stepHart. */
  stepHart(hart: number, budgetInstructions?: number): Stop {
    this.giveDue();
    const most = Math.min(budgetInstructions ?? Number.POSITIVE_INFINITY, this.untilNext());
    const stop = this.machine.stepHart(hart, Number.isFinite(most) ? most : undefined);
    this.furthest = Math.max(this.furthest, this.now);
    return stop;
  }

  /** Give the machine an input, and remember it. What lay ahead is not the future any more, and is forgotten. */
  input(input: Input): void {
    this.cut();
    this.given = this.journal.push({ steps: this.now, input });
    this.give(input);
  }

  /** What lies ahead is not the future any more. */
  private cut(): void {
    this.giveDue();
    this.journal.splice(this.given);
    this.furthest = this.now;
    const last = this.lastMoment(this.now);
    this.moments.splice(last + 1);
    this.pages.forgetAfter(last);
  }

  private give(input: Noted['input']): void {
    if (input.kind === 'edit') this.putBack(this.moments.indexOf(input.moment));
    else give(this.machine, input);
  }

  /** Someone changed the machine from outside, in a way that is no input: from now on it is what it is now, here. */
  edited(): void {
    this.cut();
    this.keep();
    const moment = this.moments.at(-1)!;
    moment.pinned = true;
    this.journal.push({ steps: this.now, input: { kind: 'edit', moment } });
    moment.given = this.given = this.journal.length;
  }

  /**
   * Put the machine where it was after so many steps.
   * @returns false: `breathe` gave up, and the machine stands where it stood
   * @throws RangeError before the start or behind the end
   */
  async goTo(steps: number, way: Way = {}): Promise<boolean> {
    if (!(steps >= this.start && steps <= this.furthest))
      throw new RangeError(`the history goes from ${this.start} to ${this.furthest} steps, not to ${steps}`);
    const from = this.now;
    this.putBack(this.lastMoment(steps));
    if (await this.forward(steps, way, () => {})) return true;
    await this.goTo(from);
    return false;
  }

  /**
   * The last place before `before` where the machine stopped by itself (a breakpoint, a listener that called `stop`).
   * Looked for from the youngest moment back; the machine is put there, or at the start when there is none.
   * @returns that stop; undefined: there is none; 'given up': `breathe` said so, and the machine stands where it stood
   */
  async goToLastStop(
    before: number,
    way: Way = {},
    accepts: (stop: Stop) => boolean = () => true,
  ): Promise<Stop | undefined | 'given up'> {
    const from = this.now;
    for (let moment = this.lastMoment(before - 1), end = before; moment >= 0; moment--) {
      let last: { steps: number; stop: Stop } | undefined;
      this.putBack(moment);
      const arrived = await this.forward(end, way, (stop) => {
        if (this.now < before && accepts(stop)) last = { steps: this.now, stop };
      });
      if (!arrived) {
        await this.goTo(from);
        return 'given up';
      }
      if (last) {
        await this.goTo(last.steps);
        return last.stop;
      }
      end = this.moments[moment]!.steps;
    }
    await this.goTo(this.start);
    return undefined;
  }

  /**
   * Put the machine to before the last thing that a hart did: an instruction, or an interrupt that it took.
   * @returns false: the hart has done nothing since the start
   */
  async goBeforeLast(n: number): Promise<boolean> {
    const hart = this.machine.harts[n]!;
    const [here, time] = [this.now, hart.time];
    for (let moment = this.lastMoment(here - 1); moment >= 0; moment--) {
      this.putBack(moment);
      if (hart.time >= time && moment > 0) continue;
      let before: number | undefined;
      this.machine.events.aside(undefined, () => {
        for (let last = -1; hart.time < time - 1 && this.now < here && this.now !== last; ) {
          last = this.now;
          this.giveDue();
          this.machine.runUntil(n, time - 1, Math.min(here - this.now, this.untilNext()));
        }
        while (this.now < here) {
          const steps = this.now;
          this.giveDue();
          this.machine.run(1);
          if (this.machine.last === n) before = steps;
        }
      });
      if (before === undefined) continue;
      await this.goTo(before);
      return true;
    }
    await this.goTo(here);
    return false;
  }

  /** Run to a place that the history has been at, whatever stops on the way. @returns false: given up */
  private async forward(steps: number, { listener, breathe }: Way, stopped: (stop: Stop) => void): Promise<boolean> {
    for (let since = this.now; ; ) {
      this.giveDue();
      if (this.now >= steps) return true;
      const most = Math.min(steps - this.now, this.untilNext(), SLICE);
      const stop = this.machine.events.aside(listener, () => this.machine.run(most));
      if (stop.reason !== 'budget') stopped(stop);
      if (stop.reason === 'power' || stop.reason === 'deadlock') return true;
      if (breathe && this.now - since >= SLICE) {
        since = this.now;
        if (await breathe()) return false;
      }
    }
  }

  private putBack(moment: number): void {
    const { state, given } = this.moments[moment]!;
    this.pages.restore(moment);
    this.machine.restore(state);
    this.given = given;
  }

  /** Inputs that the machine was given at this step, before it went on. */
  private giveDue(): void {
    for (; this.journal[this.given]?.steps === this.now; this.given++) this.give(this.journal[this.given]!.input);
  }
  /** Steps to the next input of the journal, or to the next moment to be kept. */
  private untilNext(): number {
    const input = (this.journal[this.given]?.steps ?? Number.POSITIVE_INFINITY) - this.now;
    const passed = this.now - this.moments.at(-1)!.steps;
    return Math.min(input, passed < 0 ? Number.POSITIVE_INFINITY : Math.max(1, this.options.spacing - passed));
  }

  /** The last moment at or before these steps. */
  private lastMoment(steps: number): number {
    let n = this.moments.length - 1;
    while (n > 0 && this.moments[n]!.steps > steps) n--;
    return n;
  }

  /** Keep this moment, if it is younger than all. */
  private keep(): void {
    this.pages.take();
    this.moments.push({ steps: this.now, given: this.given, pinned: false, state: this.machine.save() });
    while (
      this.moments.length > 2 &&
      (this.moments.length > this.options.mostMoments || this.bytes > this.options.mostBytes)
    )
      this.thin();
  }

  /** Forget the moment that is missed least: whose neighbours lie closest together, seen from here. */
  private thin(): boolean {
    let [least, which] = [Number.POSITIVE_INFINITY, -1];
    for (let n = 1; n < this.moments.length - 1; n++) {
      if (this.moments[n]!.pinned) continue;
      const gap = this.moments[n + 1]!.steps - this.moments[n - 1]!.steps;
      const loss = gap / (this.now - this.moments[n]!.steps + this.options.spacing);
      if (loss < least) [least, which] = [loss, n];
    }
    if (which < 0) return false;
    this.moments.splice(which, 1);
    this.pages.forget(which);
    return true;
  }
}
