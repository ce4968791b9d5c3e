/**
 * What runs the harts: their turns, what comes between two of them, and what ends a run. While nothing comes the engine takes the turns by itself
 * (engine/turns.ts), and here it is only looked what made it come back.
 */
import type { Breakpoints } from './breakpoints.js';
import type { Aclint } from './devices/aclint.js';
import type { EngineExports } from './engine/start.js';
import type { Translator } from './engine/translator/translator.js';
import { Came } from './engine/turns.js';
import { noteOverflows } from './hart/counters.js';
import type { Hart } from './hart/hart.js';
import { interrupt } from './hart/traps.js';
import { longs } from './hart/words.js';
import { hart as at, turns } from './layout.js';
import type { Memory } from './memory.js';
import type { Before } from './register-watches.js';
import type { Schedule } from './schedule.js';
import type { WatchHit, Watchpoints } from './watchpoints.js';

/** Why `run` came back. */
export interface Stop {
  /**
   * budget: all instructions were used (or the step is done); breakpoint: before the instruction at hart's pc; watchpoint: behind an
   * instruction that did what is watched for; stopped: `stop()` was called; power: the guest switched off or asked for a reset;
   * deadlock: every hart waits and no timer will wake one (console input may).
   */
  readonly reason: 'budget' | 'breakpoint' | 'watchpoint' | 'stopped' | 'power' | 'deadlock';
  /** The hart that ran last. */
  readonly hart: number;
  readonly breakpoint?: number;
  /** What the last instruction did that is watched for; also where the reason is another. */
  readonly watched?: readonly WatchHit[];
  /** Of a power-off: 0 is success. */
  readonly status?: number;
}

/** What it runs, and what it asks. */
export interface Driven {
  readonly memory: Memory;
  readonly harts: readonly Hart[];
  readonly schedule: Schedule;
  readonly aclint: Aclint;
  readonly breakpoints: Breakpoints;
  readonly watchpoints: Watchpoints;
}

export class Driver {
  engine!: EngineExports;
  translator: Translator | undefined;
  /** Do breakpoints stop it? Not on the way to where it has been. */
  heedsBreakpoints = true;
  /** What a listener, device or breakpoint asked for during this run. */
  private request: Stop | undefined;
  /** The machine is off. */
  private off: Stop | undefined;
  /** Harts that have stopped, and their times then: a breakpoint at their pc is passed while they have not moved. */
  private readonly passing = new Map<Hart, number>();

  constructor(private readonly driven: Driven) {
    this.forgetSteps();
  }

  private get current(): Hart {
    return this.driven.schedule.current;
  }

  reset(): void {
    this.off = this.request = undefined;
    this.passing.clear();
    this.forgetSteps();
    for (const hart of this.driven.harts) this.bePatient(hart);
  }

  private forgetSteps(): void {
    this.counted = 0;
    for (const { id } of this.driven.harts) this.setLastStep(id, -1);
  }

  save() {
    return { steps: this.steps, lastSteps: this.driven.harts.map(({ id }) => this.lastStep(id)), off: this.off };
  }
  restore({ steps, lastSteps, off }: ReturnType<Driver['save']>): void {
    this.counted = steps;
    lastSteps.forEach((step, hart) => this.setLastStep(hart, step));
    this.off = off;
    this.request = undefined;
    this.passing.clear();
  }

  // Steps

  /** Steps up to the grant that is being executed. */
  private get counted(): number {
    return this.driven.memory.f64[turns.counted >> 3]!;
  }
  private set counted(steps: number) {
    this.driven.memory.f64[turns.counted >> 3] = steps;
  }

  /** See Machine.steps. */
  get steps(): number {
    const { current } = this;
    const granted = this.driven.memory.f64[turns.granted >> 3]!;
    return this.counted + (current.running ? current.time - granted : 0);
  }

  /** See Machine.lastStep. */
  lastStep(hart: number): number {
    return this.driven.memory.f64[(turns.last >> 3) + hart]!;
  }
  private setLastStep(hart: number, step: number): void {
    this.driven.memory.f64[(turns.last >> 3) + hart] = step;
  }

  // What ends a run

  /** End the run after the current instruction. */
  stop(): void {
    this.request ??= { reason: 'stopped', hart: this.current.id };
    if (this.current.running) this.current.cut();
  }

  /** The guest switches off, or asks for a reset. */
  power(status: number, hart: Hart): void {
    this.off = { reason: 'power', hart: hart.id, status };
    hart.cut();
  }

  /** Is there a breakpoint that the hart is to stop for? */
  stopsBefore(hart: Hart, pc: bigint): boolean {
    if (!this.heedsBreakpoints) return false;
    const id = this.driven.breakpoints.hit(hart, pc);
    const time = hart.boundary;
    if (id === undefined || this.passing.get(hart) === time) return false;
    this.passing.set(hart, time);
    this.request = { reason: 'breakpoint', hart: hart.id, breakpoint: id };
    return true;
  }

  /** A breakpoint where the hart stands is passed. */
  pass(hart: Hart): void {
    this.passing.set(hart, hart.time);
  }

  // Running

  /**
   * Run.
   * @param budget instructions at most
   * @param stepped is over when this hart has done something
   * @param end is over when this hart has come to a time
   */
  drive(budget: number, stepped: Hart | undefined, end?: { hart: Hart; time: number }): Stop {
    const { schedule, watchpoints } = this.driven;
    if (this.off) return this.off;
    this.request = undefined;
    watchpoints.prepare();
    const whole = !stepped && !end && !schedule.isDrawn;
    while (budget > 0) {
      if (whole && !(this.heedsBreakpoints && watchpoints.registers.steps)) {
        const before = this.counted;
        const came = this.takeTurns(budget);
        budget -= this.counted - before;
        if (came === Came.behind) {
          const stop = this.settle(this.current, undefined);
          if (stop) return stop;
          continue;
        }
      }
      if (end && end.hart.time >= end.time) return { reason: 'budget', hart: this.current.id };
      const hart = schedule.due();
      if (!hart) return { reason: 'deadlock', hart: this.current.id };
      schedule.begin(hart);
      if (hart === end?.hart && hart.time >= end.time) return { reason: 'budget', hart: hart.id };
      const before = this.heedsBreakpoints ? watchpoints.registers.beforeStep(hart) : undefined;
      const most =
        hart === stepped || before ? 1 : hart === end?.hart ? Math.min(budget, end.time - hart.time) : budget;
      budget -= this.turn(hart, most);
      const stop = this.settle(hart, before);
      if (stop) return stop;
      if (hart === stepped) {
        this.pass(hart);
        return { reason: 'budget', hart: hart.id };
      }
    }
    return { reason: 'budget', hart: this.current.id };
  }

  /** Let the engine take turns while it can. */
  private takeTurns(budget: number): Came {
    const { harts, schedule } = this.driven;
    try {
      return this.engine.turns(budget, 8 * harts.length, schedule.quantum);
    } finally {
      if (this.current.running) this.over(this.current);
    }
  }

  /** The hart takes an interrupt, or executes. @returns steps that it has done */
  private turn(hart: Hart, most: number): number {
    this.driven.aclint.refresh(hart);
    noteOverflows(hart);
    const number = hart.interrupt;
    if (number >= 0) interrupt(hart, number);
    const done = number >= 0 ? 1 : this.execute(hart, most);
    this.counted += done;
    if (done > 0) this.setLastStep(hart.id, this.counted - 1);
    return done;
  }

  /** Let the hart execute within its turn, up to its next timer or overflow. @returns instructions attempted */
  private execute(hart: Hart, most: number): number {
    const { memory, schedule } = this.driven;
    const start = hart.time;
    memory.f64[turns.granted >> 3] = start;
    const patience = hart.double(longs.patience);
    hart.grant(Math.min(most, Math.max(patience, 1), schedule.most(hart)));
    hart.running = true;
    try {
      this.engine.run(hart.block);
    } finally {
      this.over(hart);
    }
    const executed = hart.time - start;
    hart.setDouble(longs.patience, patience - executed);
    return executed;
  }

  private over(hart: Hart): void {
    hart.running = false;
    // The engine finds out that nothing is left by going one below.
    if (hart.word(at.left) < 0) hart.setWord(at.left, 0);
    hart.readyTime = 0;
  }

  /** A hart has executed. @returns why the run is over, if it is */
  private settle(hart: Hart, before: Before | undefined): Stop | undefined {
    if (hart.double(longs.patience) <= 0) {
      this.translator?.ran(hart.id, this.translator.look(hart.id));
      this.bePatient(hart);
    }
    const watched = this.driven.watchpoints.settle(hart, before);
    if (watched.length && this.heedsBreakpoints)
      this.request = { ...(this.request ?? { reason: 'watchpoint', hart: hart.id }), watched };
    return this.off ?? this.request;
  }

  private bePatient(hart: Hart): void {
    hart.setDouble(longs.patience, this.translator?.look(hart.id) ?? Number.POSITIVE_INFINITY);
  }
}
