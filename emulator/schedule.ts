/**
 * Whose turn it is, and for how long. Every hart has its own time in cycles; the one with the smallest runs for a quantum, an idle one waits for its timers.
 * With a seed in the SoC description order and length of turns are drawn instead (turns.ts).
 */
import { interrupts } from '../isa/csrs.js';
import type { Aclint } from './devices/aclint.js';
import { nextOverflow } from './hart/counters.js';
import type { Hart } from './hart/hart.js';
import { words } from './hart/words.js';
import { MOST_QUANTA, turns } from './layout.js';
import type { Memory } from './memory.js';
import type { Soc } from './soc/soc.js';
import { Turns } from './turns.js';

export class Schedule {
  /** When the first of the other harts can run, as of the beginning of the turn. */
  private secondTime = Number.POSITIVE_INFINITY;
  private readonly turns: Turns | undefined;
  private readonly memory: Memory;

  constructor(
    private readonly harts: readonly Hart[],
    private readonly aclint: Aclint,
    private readonly soc: Soc,
  ) {
    this.turns = soc.turns && new Turns(soc.turns.seed, soc.quantum);
    this.memory = harts[0]!.memory;
  }

  /** The most instructions of a turn while others want to run. */
  get quantum(): number {
    return this.soc.quantum;
  }
  /** Are turns drawn? */
  get isDrawn(): boolean {
    return this.turns !== undefined;
  }

  /** The hart whose turn it is or was. */
  get current(): Hart {
    return this.harts[this.memory.i32[turns.current >> 2]!]!;
  }
  set current(hart: Hart) {
    this.memory.i32[turns.current >> 2] = hart.id;
  }
  /** The time at which its turn ends. */
  private get turnEnd(): number {
    return this.memory.f64[turns.end >> 3]!;
  }
  private set turnEnd(time: number) {
    this.memory.f64[turns.end >> 3] = time;
  }

  reset(): void {
    this.current = this.harts[0]!;
    this.turnEnd = 0;
    for (const hart of this.harts) hart.readyTime = 0;
    this.turns?.reset();
  }

  save() {
    return { current: this.current.id, turnEnd: this.turnEnd, turns: this.turns?.save() };
  }
  restore({ current, turnEnd, turns: drawn }: ReturnType<Schedule['save']>): void {
    this.current = this.harts[current]!;
    this.turnEnd = turnEnd;
    for (const hart of this.harts) hart.readyTime = 0;
    if (drawn !== undefined) this.turns?.restore(drawn);
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
    const quanta = Math.ceil((this.secondTime - hart.time) / this.quantum);
    return this.quantum * Math.min(Math.max(quanta, 1), MOST_QUANTA);
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
    const known = hart.readyTime;
    if (known !== 0) return known;
    // Worked out once: every turn of the others asks it.
    const time = hart.frozen ? Number.POSITIVE_INFINITY : hart.idle ? this.wakeTime(hart) : hart.time;
    hart.readyTime = time;
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
