/**
 * A run that can be gone back in. Moments of it are kept, close together near where the machine stands and ever farther apart away from
 * there; to be anywhere else, the nearest one before is put back and the machine runs forward, silently, with the inputs that it was given then.
 */
import type { MachineEvent } from '../events.js';
import type { Machine, Stop } from '../machine.js';
import { type Input, give } from './inputs.js';
import { PageHistory } from './pages.js';

export interface HistoryOptions {
  /** Steps (see Machine.steps) from one moment to the next, at most, while they are young. */
  readonly spacing?: number;
  /** How many moments are kept, and bytes of them, at most. */
  readonly mostMoments?: number;
  readonly mostBytes?: number;
  /** Milliseconds. Only where moments lie depends on it, nothing of what is to be seen at any place. */
  readonly clock?: () => number;
}

const DEFAULTS: Required<HistoryOptions> = {
  spacing: 200_000_000,
  mostMoments: 200,
  mostBytes: 512 * 2 ** 20,
  clock: () => performance.now(),
};

/** From one moment to the next it may take so many times as long as to keep one, within these milliseconds. */
const WORTH = 40;
const SOONEST = 80;
const LATEST = 100;

/** One of so many runs is looked at by the clock: to read it may take longer than a short run. */
const SAMPLE = 8;

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

interface Moment {
  readonly steps: number;
  /** How many inputs of the journal it has been given. */
  readonly given: number;
  readonly state: ReturnType<Machine['save']>;
}

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
  private readonly options: Required<HistoryOptions>;
  private readonly pages: PageHistory;
  /** By their steps, of which no two have the same. */
  private readonly moments: Moment[] = [];
  private journal: Noted[] = [];
  /** How many inputs of the journal the machine has been given. */
  private given = 0;
  private furthest: number;
  /** How far listeners have heard of everything. */
  private told: number;
  private foreseen: Foreseen | undefined;
  /** Milliseconds that the machine has run since it was at a moment, and that keeping one takes. */
  private ran = 0;
  private cost = 0;
  private runs = 0;
  watcher: Watcher | undefined;

  /** From here on the run can be gone back in. */
  constructor(
    private readonly machine: Machine,
    options: HistoryOptions = {},
  ) {
    this.options = { ...DEFAULTS, ...options };
    this.pages = new PageHistory(machine.memory, machine.harts);
    this.furthest = this.told = machine.steps;
    this.keep();
  }

  /** What will be is known: it can be gone to as if it had been, and `run` stops at its end. */
  foresee(foreseen: Foreseen): void {
    this.foreseen = foreseen;
    this.journal = [...foreseen.inputs];
    this.furthest = foreseen.end;
  }

  /** Steps at which the history begins, where the machine stands (for a listener of events: before what it hears of), and how far it is known. */
  get start(): number {
    return this.moments[0]!.steps;
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
    return this.pages.bytes;
  }
  /** How many moments there are. */
  get count(): number {
    return this.moments.length;
  }
  /** All inputs so far, those included that lie ahead after going back. */
  get inputs(): readonly Noted[] {
    return this.journal;
  }

  /** As Machine.run; inputs that lie ahead are given again when it is their turn. */
  run(budgetInstructions: number): HistoryStop {
    for (let left = budgetInstructions; ; ) {
      this.giveDue();
      if (this.isDue()) this.keep();
      const before = this.now;
      const most = Math.min(left, this.untilNext(), this.untilEnd(), this.options.spacing);
      const stop = this.timed(() => this.machine.run(most));
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
    const last = this.lastMoment(this.now);
    this.moments.splice(last + 1);
    this.pages.forgetAfter(this.moments[last]!.steps);
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
    if (here - this.moments[this.lastMoment(here)]!.steps <= FACTOR * NEAR_STOPS) return true;
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
      const moment = this.lastMoment(end - 1);
      const { steps } = this.moments[moment]!;
      let found = await this.lastStopIn(steps, end, before, way, accepts, most);
      // What stopped the machine when it came to the moment itself is met on the way there only.
      if (typeof found === 'object' && found.steps === steps && steps > this.start) {
        const earlier = await this.lastStopIn(
          this.moments[this.lastMoment(steps - 1)]!.steps,
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
        if (this.moments[this.lastMoment(end - 1)]!.steps === steps) most = Number.POSITIVE_INFINITY;
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
    this.putBack(this.lastMoment(moment));
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
    const moment = from ?? this.lastMoment(steps);
    // What lies between here and there need not be put back.
    const isOnTheWay = this.now <= steps && this.moments[moment]!.steps <= this.now;
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

  private putBack(n: number): void {
    if (this.isNew) this.watcher?.leaving();
    const { steps, state, given } = this.moments[n]!;
    this.pages.restore(steps);
    this.machine.restore(state);
    this.given = given;
    this.ran = 0;
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

  private timed(run: () => Stop): Stop {
    if (++this.runs % SAMPLE > 0) return run();
    const { clock } = this.options;
    const start = clock();
    const stop = run();
    this.ran += SAMPLE * (clock() - start);
    return stop;
  }

  /** Is it time to keep a moment? */
  private isDue(): boolean {
    const passed = this.now - this.moments[this.lastMoment(this.now)]!.steps;
    const patience = Math.min(Math.max(WORTH * this.cost, SOONEST), LATEST);
    return passed >= this.options.spacing || (passed > 0 && this.ran >= patience);
  }

  /** The last moment at or before these steps. */
  private lastMoment(steps: number): number {
    let n = this.moments.length - 1;
    while (n > 0 && this.moments[n]!.steps > steps) n--;
    return n;
  }

  /** Keep this moment, unless there is one here. */
  private keep(): void {
    const { clock, mostMoments, mostBytes } = this.options;
    const start = clock();
    this.ran = 0;
    const { now, given, moments } = this;
    const at = moments.length ? this.lastMoment(now) + 1 : 0;
    if (moments[at - 1]?.steps === now) return;
    this.pages.take(now, moments[at]?.steps);
    moments.splice(at, 0, { steps: now, given, state: this.machine.save() });
    while (moments.length > 2 && (moments.length > mostMoments || this.bytes > mostBytes)) this.thin();
    const took = clock() - start;
    this.cost = this.cost ? this.cost * 0.75 + took * 0.25 : took;
  }

  /** Forget the moment that is missed least: whose neighbours lie closest together, seen from here. */
  private thin(): void {
    const { moments, now } = this;
    let [least, which] = [Number.POSITIVE_INFINITY, 1];
    for (let n = 1; n < moments.length - 1; n++) {
      const gap = moments[n + 1]!.steps - moments[n - 1]!.steps;
      const loss = gap / (Math.abs(now - moments[n]!.steps) + NEAR_STOPS);
      if (loss < least) [least, which] = [loss, n];
    }
    const [moment] = moments.splice(which, 1);
    this.pages.forget(moment!.steps, moments[which - 1]!.steps, moments[which]!.steps);
  }
}
