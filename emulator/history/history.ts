/**
 * A run that can be gone back in. Moments of it are kept, close together near where the machine stands and ever farther apart away from
 * there; to be anywhere else, the nearest one before is put back and the machine runs forward, silently, with the inputs that it was given then.
 */
import type { MachineEvent } from '../events.js';
import type { Stop } from '../driver.js';
import type { Machine } from '../machine.js';
import { type Input, give } from './inputs.js';
import { type MomentOptions, Moments } from './moments.js';

export type HistoryOptions = Partial<MomentOptions>;

const DEFAULTS: MomentOptions = {
  spacing: 200_000_000,
  mostMoments: 200,
  mostBytes: 512 * 2 ** 20,
  clock: () => performance.now(),
};

/** On the way to a place moments are kept so many steps before it, and times FACTOR, and times FACTOR … */
const NEAR = 50_000;
const FACTOR = 4;
/** The same for who asks for stops, each of which costs as much as thousands of steps; and how many are too many at once. */
const NEAR_STOPS = 400;
const MOST_STOPS = 400;

/** On a way of so many steps or more watched memory costs more than not to watch it. */
const FAR = 10_000;

/** Steps between two looks at the clock, and milliseconds between two breaths. */
const SLICE = 200_000;
const BREATH = 8;

/** An input, and how far the run had come when it was given. */
export interface Noted {
  readonly steps: number;
  readonly input: Input;
}

/** What happens on the way to another place. */
export interface Way {
  /** Hears the events on the way; nobody else does. It may stop the machine. */
  readonly listener?: (event: MachineEvent) => void;
  /** Called now and then; true: give it up. */
  readonly breathe?: () => Promise<boolean>;
  /** For goToLastStop: what stopped the machine when it came to `before` counts, other than a breakpoint there. */
  readonly arriving?: boolean;
}

/** What is known of a run before it is run: a recording's. */
export interface Foreseen {
  readonly inputs: readonly Noted[];
  /** Steps. */
  readonly end: number;
  /** The run has come to the end, or has ended by itself before. */
  readonly arrived: () => void;
}

/** `end`: the run has come to where a recording ends. */
export type HistoryStop = Omit<Stop, 'reason'> & { readonly reason: Stop['reason'] | 'end' };

type Found = { readonly steps: number; readonly stop: Stop };

/** Is told of what becomes of the end of what was heard; for those that keep it. */
export interface Watcher {
  /** The machine stands there, and is put to another place now. */
  leaving(): void;
  /** What lies after this place, where the machine stands, is not the future any more. */
  forgotten(steps: number): void;
}

export class History {
  private readonly options: MomentOptions;
  private readonly moments: Moments;
  private journal: Noted[] = [];
  /** How many inputs of the journal the machine has been given. */
  private given = 0;
  private furthest: number;
  /** How far listeners have heard of everything. */
  private told: number;
  private foreseen: Foreseen | undefined;
  watcher: Watcher | undefined;

  /** From here on the run can be gone back in. */
  constructor(
    private readonly machine: Machine,
    options: HistoryOptions = {},
  ) {
    this.options = { ...DEFAULTS, ...options };
    this.moments = new Moments(machine, this.options, NEAR_STOPS);
    this.furthest = this.told = machine.steps;
    this.moments.keep(0);
  }

  /** What will be is known: it can be gone to as if it had been, and `run` stops at its end. */
  foresee(foreseen: Foreseen): void {
    this.foreseen = foreseen;
    this.journal = [...foreseen.inputs];
    this.furthest = foreseen.end;
  }

  /** Steps at which the history begins, where the machine stands (for a listener of events: before what it hears of), and how far it is known. */
  get start(): number {
    return this.moments.stepsOf(0);
  }
  get now(): number {
    return this.machine.steps;
  }
  get end(): number {
    return this.furthest;
  }
  /** Does what happens now happen for the first time, for those who listen to `run`? */
  get isNew(): boolean {
    return this.now >= this.told;
  }
  /** Bytes that the moments hold. */
  get bytes(): number {
    return this.moments.bytes;
  }
  /** How many moments there are. */
  get count(): number {
    return this.moments.count;
  }
  /** All inputs so far, those included that lie ahead after going back. */
  get inputs(): readonly Noted[] {
    return this.journal;
  }

  /** As Machine.run; inputs that lie ahead are given again when it is their turn. */
  run(budgetInstructions: number): HistoryStop {
    for (let left = budgetInstructions; ; ) {
      this.giveDue();
      if (this.moments.isDue) this.keep();
      const before = this.now;
      const most = Math.min(left, this.untilNext(), this.untilEnd(), this.options.spacing);
      const stop = this.moments.timed(() => this.machine.run(most));
      left -= this.now - before;
      this.came(stop);
      if (stop.reason !== 'budget') return stop;
      if (this.now === this.foreseen?.end && before < this.now) return { reason: 'end', hart: stop.hart };
      if (left <= 0) return stop;
    }
  }

  /** As Machine.stepHart. */
  stepHart(hart: number, budgetInstructions?: number): Stop {
    this.giveDue();
    const most = Math.min(budgetInstructions ?? Number.POSITIVE_INFINITY, this.untilNext());
    const stop = this.machine.stepHart(hart, Number.isFinite(most) ? most : undefined);
    this.came(stop);
    return stop;
  }

  /** The run has gone on. What it was given where it stands now belongs to this place. */
  private came({ reason }: Stop): void {
    this.giveDue();
    this.furthest = Math.max(this.furthest, this.now);
    this.told = Math.max(this.told, this.now);
    if (!this.foreseen || (this.now < this.foreseen.end && reason !== 'power')) return;
    this.foreseen.arrived();
    // It goes on from there like any other run; `end` is told at the place itself only.
    this.foreseen = { ...this.foreseen, arrived: () => {} };
  }

  /**
   * Give the machine an input, and remember it. What lay ahead is not the future any more, and is forgotten.
   * @throws RangeError where the machine can't take it; then nothing has changed
   */
  input(input: Input): void {
    this.giveDue();
    give(this.machine, input);
    this.journal.splice(this.given);
    this.given = this.journal.push({ steps: this.now, input });
    this.furthest = this.now;
    const { told } = this;
    this.told = Math.min(told, this.now);
    this.foreseen = undefined;
    if (told > this.now) this.watcher?.forgotten(this.now);
    this.moments.forgetAfter(this.now);
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
    if (await this.approach(steps, way, NEAR)) return true;
    await this.approach(from, {}, NEAR);
    return false;
  }

  /**
   * Put the machine to where a hart has lived through so many cycles.
   * @param steps a place not long before
   * @returns false: `breathe` gave up, and the machine stands where it stood
   * @throws RangeError when `steps` lies before the start or behind the end
   */
  async goToTime(steps: number, n: number, time: number, way: Way = {}): Promise<boolean> {
    const from = this.now;
    if (!(await this.goTo(steps, way))) return false;
    const hart = this.machine.harts[n]!;
    for (let last = -1; hart.time < time && this.now < this.furthest && this.now !== last; ) {
      last = this.now;
      this.giveDue();
      const most = Math.min(this.furthest - this.now, this.untilNext(), SLICE);
      this.machine.heedsBreakpoints = false;
      this.machine.events.aside(way.listener, () => this.machine.runUntil(n, time, most));
      this.machine.heedsBreakpoints = true;
      if (this.now - last >= SLICE && (await way.breathe?.())) {
        await this.goTo(from);
        return false;
      }
    }
    return true;
  }

  /**
   * Have moments close together before here. For who is about to look for a stop among many: breakpoints that are not yet set cost nothing.
   * @returns false: `breathe` gave up
   */
  async ready({ breathe }: Way = {}): Promise<boolean> {
    const here = this.now;
    if (here - this.moments.stepsOf(this.moments.lastAt(here)) <= FACTOR * NEAR_STOPS) return true;
    if (await this.approach(here, { breathe }, NEAR_STOPS)) return true;
    await this.approach(here, {}, NEAR);
    return false;
  }

  /**
   * The last place before `before` where the machine stopped by itself (a breakpoint, a watched place, a listener that called `stop`).
   * Looked for from the youngest moment back; the machine is put there, or at the start when there is none.
   * @returns that stop; undefined: there is none; 'given up': `breathe` said so, and the machine stands where it stood
   */
  async goToLastStop(
    before: number,
    way: Way = {},
    accepts: (stop: Stop) => boolean = () => true,
  ): Promise<Stop | undefined | 'given up'> {
    const from = this.now;
    let most = MOST_STOPS;
    for (let end = before; end > this.start; ) {
      const moment = this.moments.lastAt(end - 1);
      const steps = this.moments.stepsOf(moment);
      let found = await this.lastStopIn(steps, end, before, way, accepts, most);
      // What stopped the machine when it came to the moment itself is met on the way there only.
      if (typeof found === 'object' && found.steps === steps && steps > this.start) {
        const earlier = await this.lastStopIn(
          this.moments.stepsOf(this.moments.lastAt(steps - 1)),
          end,
          before,
          way,
          accepts,
          most,
        );
        if (earlier !== 'too many') found = earlier;
      }
      if (found === 'too many') {
        const arrived = await this.approach(end, { breathe: way.breathe }, NEAR_STOPS, moment);
        // Where there is no room for moments any nearer, all of these stops are looked at.
        if (this.moments.stepsOf(this.moments.lastAt(end - 1)) === steps) most = Number.POSITIVE_INFINITY;
        if (arrived) continue;
      } else if (found !== 'given up') {
        if (found) await this.goTo(found.steps);
        if (found) return found.stop;
        end = steps;
        most = MOST_STOPS;
        continue;
      }
      await this.goTo(from);
      return 'given up';
    }
    await this.goTo(this.start);
    return undefined;
  }

  /** The last stop on the way from a moment to `end`, as far as it lies before `before`; 'too many': on a long way there are more than `most`. */
  private async lastStopIn(
    moment: number,
    end: number,
    before: number,
    way: Way,
    accepts: (stop: Stop) => boolean,
    most: number,
  ): Promise<Found | undefined | 'too many' | 'given up'> {
    const isLong = end - moment > FACTOR * NEAR_STOPS;
    let last: Found | undefined;
    let count = 0;
    this.putBack(this.moments.lastAt(moment));
    const arrived = await this.forward(end, way, (stop) => {
      if (isLong && ++count > most) return true;
      const counts = this.now < before || (way.arriving && this.now === before && stop.reason !== 'breakpoint');
      if (counts && accepts(stop)) last = { steps: this.now, stop };
      return false;
    });
    if (isLong && count > most) return 'too many';
    return arrived ? last : 'given up';
  }

  /**
   * Put the machine to before the last thing that a hart did: an instruction, or an interrupt that it took.
   * @returns false: the hart has done nothing since the start; then, and when it was given up, the machine stands where it stood
   */
  async goBeforeLast(n: number, way: Way = {}): Promise<boolean | 'given up'> {
    const step = this.machine.lastStep(n);
    if (step < this.start) return false;
    return (await this.goTo(step, way)) || 'given up';
  }

  /**
   * Go to a place that the history has been at, keeping moments ever closer together on the way.
   * @param from begin at this moment, so that all the way from there gets moments; else as near as may be
   * @returns false: given up
   */
  private async approach(steps: number, way: Way, near: number, from?: number): Promise<boolean> {
    const moment = from ?? this.moments.lastAt(steps);
    // What lies between here and there need not be put back.
    const isOnTheWay = this.now <= steps && this.moments.stepsOf(moment) <= this.now;
    if (from !== undefined || !isOnTheWay) this.putBack(moment);
    for (let distance = (steps - this.now) / FACTOR; distance >= near; distance /= FACTOR) {
      if (!(await this.forward(Math.round(steps - distance), way))) return false;
      this.keep();
    }
    return this.forward(steps, way);
  }

  /**
   * Run to a place that the history has been at, whatever stops on the way.
   * @param stopped hears of stops, and may say that it is enough; without it there are none
   * @returns false: given up, or enough
   */
  private async forward(steps: number, way: Way, stopped?: (stop: Stop) => boolean): Promise<boolean> {
    const { listener, breathe } = way;
    const { clock } = this.options;
    this.machine.heedsBreakpoints = stopped !== undefined;
    this.machine.watchpoints.asleep = !stopped && steps - this.now > FAR;
    try {
      for (let since = clock(); ; ) {
        this.giveDue();
        if (this.now >= steps) return true;
        const most = Math.min(steps - this.now, this.untilNext(), SLICE);
        const stop = this.machine.events.aside(listener, () => this.machine.run(most));
        if (stop.reason !== 'budget' && stopped?.(stop)) return false;
        if (stop.reason === 'power' || stop.reason === 'deadlock') return true;
        if (breathe && clock() - since > BREATH) {
          if (await breathe()) return false;
          since = clock();
        }
      }
    } finally {
      this.machine.heedsBreakpoints = true;
      this.machine.watchpoints.asleep = false;
    }
  }

  /** Keep a moment where the machine stands. */
  private keep(): void {
    this.moments.keep(this.given);
  }

  private putBack(n: number): void {
    if (this.isNew) this.watcher?.leaving();
    this.given = this.moments.putBack(n);
  }

  /** Inputs that the machine was given at this step, before it went on. */
  private giveDue(): void {
    for (; this.journal[this.given]?.steps === this.now; this.given++)
      give(this.machine, this.journal[this.given]!.input);
  }
  /** Steps to the next input of the journal. */
  private untilNext(): number {
    return (this.journal[this.given]?.steps ?? Number.POSITIVE_INFINITY) - this.now;
  }

  /** Steps to the end of what is foreseen. */
  private untilEnd(): number {
    const left = (this.foreseen?.end ?? 0) - this.now;
    return left > 0 ? left : Number.POSITIVE_INFINITY;
  }
}
