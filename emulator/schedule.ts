/**
 * Whose turn it is, and for how long. Every hart has its own time in cycles; the one with the smallest runs for a quantum, an idle one waits for its timers.
 * With a seed in the SoC description order and length of turns are drawn instead (turns.ts).
 */
import { interrupts } from '../isa/csrs.js';
import type { Aclint } from './devices/aclint.js';
import { nextOverflow } from './hart/counters.js';
import type { Hart } from './hart/hart.js';
import { longs, words } from './hart/words.js';
import type { Soc } from './soc/soc.js';
import { Turns } from './turns.js';

/** The most quanta that a hart gets at once while no other wants to run. */
const MOST_QUANTA = 100;

export class Schedule {
  /** The hart whose turn it is or was, and the time at which its turn ends. */
  current: Hart;
  turnEnd = 0;
  /** When the first of the other harts can run, as of the beginning of the turn. */
  private secondTime = Number.POSITIVE_INFINITY;
  private readonly turns: Turns | undefined;

  constructor(
    private readonly harts: readonly Hart[],
    private readonly aclint: Aclint,
    private readonly soc: Soc,
  ) {
    this.turns = soc.turns && new Turns(soc.turns.seed, soc.quantum);
    this.current = harts[0]!;
  }

  reset(): void {
    this.current = this.harts[0]!;
    this.turnEnd = 0;
    this.turns?.reset();
  }

  save() {
    return { current: this.current.id, turnEnd: this.turnEnd, turns: this.turns?.save() };
  }
  restore({ current, turnEnd, turns }: ReturnType<Schedule['save']>): void {
    this.current = this.harts[current]!;
    this.turnEnd = turnEnd;
    if (turns !== undefined) this.turns?.restore(turns);
  }

  /** The hart that runs next, awake; undefined when nothing will wake any. */
  due(): Hart | undefined {
    const { current } = this;
    if (!current.idle && !current.frozen && !current.turnOver && current.time < this.turnEnd) return current;
    const next = this.turns ? this.drawn(this.turns) : this.first();
    if (next?.idle) next.wake(this.wakeTime(next));
    return next;
  }

  /** It is this hart's turn: a new one, unless it has one that is not over. */
  begin(hart: Hart): void {
    if (hart !== this.current || hart.turnOver || hart.time >= this.turnEnd) {
      hart.turnOver = false;
      this.turnEnd = hart.time + this.length(hart);
    }
    this.current = hart;
  }

  /** A quantum, or as many as the hart would be given one after the other because all others are later. */
  private length(hart: Hart): number {
    if (this.turns) return this.turns.length();
    const quanta = Math.ceil((this.secondTime - hart.time) / this.soc.quantum);
    return this.soc.quantum * Math.min(Math.max(quanta, 1), MOST_QUANTA);
  }

  /** The hart that can run first; and when the second can. */
  private first(): Hart | undefined {
    let first: Hart | undefined;
    let least = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    for (const hart of this.harts) {
      const time = this.readyTime(hart);
      if (time < least) {
        second = least;
        [first, least] = [hart, time];
      } else if (time < second) second = time;
    }
    this.secondTime = second;
    return first;
  }

  /** One drawn among those with nearly the smallest time. Its turn is a new one, also where it was its turn before. */
  private drawn(turns: Turns): Hart | undefined {
    const next = turns.next(this.harts, this.readyTimeOf);
    if (next) next.turnOver = true;
    return next;
  }

  /** When the hart can run, in cycles; infinite while nothing will wake it. An idle one's time is its timer's. */
  private readyTime(hart: Hart): number {
    const known = hart.double(longs.sleepsUntil);
    if (known !== 0) return known;
    if (hart.frozen) return Number.POSITIVE_INFINITY;
    if (!hart.idle) return hart.time;
    // Worked out once: every turn of the others asks it.
    const time = this.wakeTime(hart);
    hart.setDouble(longs.sleepsUntil, time);
    return time;
  }

  private readonly readyTimeOf = (hart: Hart) => this.readyTime(hart);

  /** When the first of the timers and counters that the hart listens to will wake it. */
  private wakeTime(hart: Hart): number {
    const enabled = hart.word(words.mie);
    const least = Math.min(
      (enabled >> interrupts.MTI) & 1 ? this.aclint.deadline(hart) : Number.POSITIVE_INFINITY,
      (enabled >> interrupts.STI) & 1 ? this.aclint.supervisorDeadline(hart) : Number.POSITIVE_INFINITY,
      (enabled >> interrupts.LCOFI) & 1 ? nextOverflow(hart, true) : Number.POSITIVE_INFINITY,
    );
    return Math.max(hart.time, least);
  }

  /** Instructions that the hart may execute now: to its turn's end, or to its next timer or overflow. */
  most(hart: Hart): number {
    const start = hart.time;
    return Math.min(
      this.turnEnd - start,
      until(this.aclint.deadline(hart), start),
      until(this.aclint.supervisorDeadline(hart), start),
      until(nextOverflow(hart), start),
    );
  }
}

/** Cycles from `start` to a deadline that lies ahead; infinite when it is past. */
const until = (deadline: number, start: number) => (deadline > start ? deadline - start : Number.POSITIVE_INFINITY);
