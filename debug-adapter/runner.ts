import {
  leaveReasons,
  type MachineEvent,
  type MigrationEvent,
  moveReasons,
  type TrapEvent,
} from '../emulator/events.js';
import { causes } from '../isa/csrs.js';
import type { Breakpoints } from './breakpoints.js';
import type { Condition } from './condition.js';
import type { DataHit } from './data-breakpoints.js';
import type { Debuggee } from './debuggee.js';
import { basic, type Value } from './expressions/value.js';
import { Faults } from './faults.js';
import { type Filter, filters, signalFilter } from './filters.js';
import type { Host } from './host.js';
import { type Signal, signalNames, Signals } from './signals.js';
import type { CType } from './symbols/types.js';
import type { TargetHart, TargetStop } from './target.js';

/** Why everything stands still. */
export interface StopReport {
  /** As DAP has it: `step`, `breakpoint`, `data breakpoint`, `exception`, `pause`, `entry`. */
  readonly reason: string;
  readonly hart: number;
  readonly description: string;
  readonly breakpoints?: readonly number[];
  readonly filter?: Filter;
  readonly event?: MigrationEvent | TrapEvent;
  readonly signal?: Signal;
  /** What the thread of the event executed on the accelerator hart since it arrived there. */
  readonly instructions?: number;
}

export type Outcome = { readonly stop: StopReport } | { readonly exit: number };

/** Instructions between two looks at the clock, and milliseconds between two looks at the client's messages. */
const BUDGET = 200_000;
const BREATH = 8;
/** Milliseconds that pass between two looks while the guest can't run. */
const IDLE = 10;
/** The number of the first process. */
const FIRST_PROCESS = 1;
/** Threads of which the last breakpoint is remembered. */
const REMEMBERED = 1024;

/**
 * Lets the machine run, in slices, until something stops it: a breakpoint, a filter, the user, or the goal of a step. All that happens
 * between two stops goes through `until`.
 */
export class Runner {
  /** The filters that are on, with their conditions. */
  readonly enabled = new Map<string, Condition>();
  /** The last stop for data on the way back, and its place in the run. */
  private dataAgain?: { readonly steps: number | undefined; readonly report: StopReport };
  private readonly caught: { filter: Filter; event: MigrationEvent | TrapEvent }[] = [];
  private pausing: number | undefined;
  /** What the command that runs waits for, beside the filters. */
  private wanted?: Filter;
  /** The hart that runs alone, as the user asked. */
  private only: number | undefined;
  /** The hart that ran last. */
  last = 0;
  private disposed = false;
  /** Where and when the last stop was told: its breakpoint is not told again before something ran. */
  private told?: { readonly hart: number; readonly pc: bigint; readonly time: number; readonly reason: string };
  /** By thread: the breakpoint that it met last, and whether the instruction there trapped instead of being done. */
  private readonly met = new Map<string, { readonly pc: bigint; trapped: boolean }>();
  private readonly deafen: () => void;
  private readonly faults: Faults;
  private readonly signals: Signals;
  /** By task: what the accelerator hart had executed when it arrived there. */
  private readonly arrived = new Map<number, number>();
  /** The signal that ended the first process, with which the machine ends. */
  death?: Signal;

  constructor(
    private readonly debuggee: Debuggee,
    private readonly breakpoints: Breakpoints,
    private readonly host: Pick<Host, 'breathe' | 'now' | 'idle'>,
    private readonly log: (text: string) => void,
  ) {
    this.faults = new Faults(debuggee.target);
    this.signals = new Signals(debuggee, this.faults);
    for (const va of this.signals.addresses) breakpoints.plant(va);
    this.deafen = debuggee.target.events.on((event) => this.hear(event));
  }

  dispose(): void {
    this.disposed = true;
    this.deafen();
  }

  /** A new command of the user: what was asked before it is over. */
  begin(only?: number): void {
    this.pausing = undefined;
    this.only = only;
    this.waits = false;
  }

  /** Let messages in; what the user asked for meanwhile. */
  async breathe(): Promise<Outcome | undefined> {
    await this.host.breathe();
    return this.asked();
  }

  /** Stop soon, within milliseconds, and look at this hart. */
  pause(hart: number): void {
    this.pausing = hart;
  }

  /** Run until an event, or something else before it. */
  async toEvent(wanted: Filter): Promise<Outcome> {
    this.wanted = wanted;
    try {
      return await this.forever();
    } finally {
      this.wanted = undefined;
    }
  }

  /** Run until something else than a goal stops it. */
  async forever(): Promise<Outcome> {
    return (await this.until([], () => false))!;
  }

  hear(event: MachineEvent): void {
    this.faults.hear(event);
    if (event.kind === 'migration' && event.step === 'arrive')
      this.arrived.set(event.task, this.debuggee.target.harts[event.hart].instret);
    for (const filter of this.enabled.size ? filters : [])
      if (this.enabled.has(filter.id) && filter.matches(event)) this.caught.push({ filter, event });
    if (this.wanted?.matches(event)) this.caught.push({ filter: this.wanted, event });
    if (this.caught.length) this.debuggee.target.stop();
    if (this.only !== undefined && event.kind === 'migration' && event.step === 'enqueue')
      this.log(`task ${event.task} was sent to another hart; it goes on when that is let go`);
    if (
      event.kind === 'trap' &&
      !event.interrupt &&
      event.from === 0 &&
      event.cause !== causes.ecallU &&
      this.met.size
    ) {
      const known = this.met.get(this.threadKey(this.debuggee.target.harts[event.hart]));
      if (known?.pc === event.pc) known.trapped = true;
    }
  }

  /** What tells user threads apart while they stand at an instruction, on whatever hart. */
  private threadKey(hart: TargetHart): string {
    return [hart.csr('satp'), hart.x(4), hart.x(2)].join(' ');
  }

  /**
   * Run until a hart stands at one of the addresses and `here` says that this is it; then undefined. Or until something else stops the
   * run: then what that was. `meanwhile` is called now and then.
   */
  async until(
    addresses: readonly bigint[],
    here: (hart: TargetHart) => boolean,
    meanwhile?: () => void,
  ): Promise<Outcome | undefined> {
    const { target } = this.debuggee;
    for (const va of addresses) this.breakpoints.plant(va);
    let breath = this.host.now();
    try {
      for (;;) {
        const stop = target.run(BUDGET);
        this.last = stop.hart;
        const outcome = this.judge(stop);
        if (outcome) return outcome;
        const hart = target.harts[stop.hart];
        if (stop.reason === 'breakpoint' && addresses.includes(hart.pc) && here(hart)) return undefined;
        if (stop.reason === 'input') await this.waitForInput();
        if (this.host.now() - breath > BREATH) {
          meanwhile?.();
          await this.host.breathe();
          breath = this.host.now();
        }
        const asked = this.asked();
        if (asked) return asked;
      }
    } finally {
      for (const va of addresses) this.breakpoints.pull(va);
    }
  }

  // Going back

  /** Was this something to tell, when it happened? Nothing is counted or logged again. */
  judgeAgain(stop: TargetStop): Outcome | undefined {
    const caught = this.caught.splice(0);
    for (const { filter, event } of caught)
      if (this.holds(filter, event))
        return {
          stop: {
            reason: 'exception',
            hart: event.hart,
            description: filter.label,
            filter,
            event,
            ...this.executedThere(event),
          },
        };
    const data = stop.watched && this.breakpoints.data.hit(stop.watched, this.debuggee, true);
    const steps = this.debuggee.target.history?.now;
    if (data) {
      const report = dataStop(data, stop.hart).stop;
      this.dataAgain = { steps, report };
      return { stop: report };
    }
    if (stop.reason !== 'breakpoint') return undefined;
    const hart = this.debuggee.target.harts[stop.hart];
    const signal = this.signals.at(hart);
    if (signal && this.asksFor(signal)) return { stop: signalStop(signal) };
    const hit = this.breakpoints.hit(hart, this.debuggee, true);
    if (!hit?.stop.length) return undefined;
    // What changed there was told a moment before, at the same place in the run.
    const dataAgain = this.dataAgain;
    if (dataAgain && dataAgain.steps === steps && dataAgain.report.hart === hart.id)
      return { stop: { ...dataAgain.report, breakpoints: [...(dataAgain.report.breakpoints ?? []), ...hit.stop] } };
    return { stop: { reason: 'breakpoint', hart: hart.id, description: 'Breakpoint', breakpoints: hit.stop } };
  }

  /** Let messages in. @returns whether the user wants it to stop */
  async wantsToStop(): Promise<boolean> {
    await this.host.breathe();
    return this.disposed || this.pausing !== undefined;
  }
  /** What it stopped for, when it did. */
  pausedNow(): Outcome {
    return this.asked() ?? { exit: 0 };
  }

  /** What was noted of the way here is not true at another place. */
  forget(): void {
    this.met.clear();
    this.caught.length = 0;
    this.dataAgain = undefined;
  }

  /** Do something with stops at these addresses. */
  async withStops<T>(addresses: readonly bigint[], something: () => Promise<T>): Promise<T> {
    for (const va of addresses) this.breakpoints.plant(va);
    try {
      return await something();
    } finally {
      for (const va of addresses) this.breakpoints.pull(va);
    }
  }

  /** What the user asked for meanwhile. */
  private asked(): Outcome | undefined {
    if (this.disposed) return { exit: 0 };
    if (this.pausing === undefined) return undefined;
    return this.stopped({ reason: 'pause', hart: this.pausing, description: 'Paused' });
  }

  /** Let one hart attempt one instruction; undefined when it did and nothing else is to be told. */
  async one(hart: TargetHart): Promise<Outcome | undefined> {
    const { target } = this.debuggee;
    const [time, pc] = [hart.time, hart.pc];
    for (;;) {
      const stop = target.stepHart(hart.id);
      const outcome = this.judge(stop);
      if (outcome) return outcome;
      if (hart.time !== time || hart.pc !== pc) return undefined;
      // It waits for an interrupt; the others go on until it gets one.
      const asked = await this.breathe();
      if (asked) return asked;
    }
  }

  /** Is what the machine stopped for something to tell? */
  private judge(stop: TargetStop): Outcome | undefined {
    const { target } = this.debuggee;
    const caught = this.caught.splice(0);
    if (stop.reason === 'power') return { exit: stop.status ?? 0 };
    const data = stop.watched && this.breakpoints.data.hit(stop.watched, this.debuggee);
    for (const text of data?.output ?? []) this.log(text);
    for (const { filter, event } of caught)
      if (this.holds(filter, event))
        return this.stopped({
          reason: 'exception',
          hart: event.hart,
          description: filter.label,
          filter,
          event,
          ...(data && { breakpoints: data.stop }),
          ...this.executedThere(event),
        });
    if (data) return this.stopped(dataStop(data, stop.hart).stop);
    if (stop.reason === 'end')
      return this.stopped({ reason: 'pause', hart: stop.hart, description: 'The end of the recording' });
    if (stop.reason === 'deadlock')
      return this.stopped({
        reason: 'pause',
        hart: stop.hart,
        description: this.deadlock(),
      });
    if (stop.reason !== 'breakpoint') return undefined;
    const hart = target.harts[stop.hart];
    const told = this.told;
    if (told && told.hart === hart.id && told.pc === hart.pc && told.time === hart.time) return undefined;
    if (hart.privilege === 0 && this.again(hart)) return undefined;
    const signal = this.signals.at(hart);
    if (signal?.fatal && signal.pid === FIRST_PROCESS) this.death = signal;
    if (signal && this.asksFor(signal)) return this.stopped(signalStop(signal));
    const hit = this.breakpoints.hit(hart, this.debuggee);
    for (const text of hit?.output ?? []) this.log(text);
    if (!hit?.stop.length) return undefined;
    return this.stopped({ reason: 'breakpoint', hart: hart.id, description: 'Breakpoint', breakpoints: hit.stop });
  }

  /** Nothing runs on until the program has input: say so once, and let time pass. */
  private async waitForInput(): Promise<void> {
    if (!this.waits) this.log('the program waits for input: type it here, in the debug console');
    this.waits = true;
    await this.host.idle(IDLE);
  }
  private waits = false;

  private deadlock(): string {
    if (this.only !== undefined)
      return `hart ${this.only} waits for another hart, and it is the only one that was let go`;
    const frozen = this.debuggee.target.harts.filter((hart) => hart.frozen).map(({ id }) => id);
    if (!frozen.length) return 'Deadlock: every hart waits, and nothing will wake one';
    const which = frozen.length === 1 ? `hart ${frozen[0]} is` : `harts ${frozen.join(', ')} are`;
    return `Nothing can run: ${which} frozen, and nothing will wake another`;
  }

  /** Did the thread meet the breakpoint here already, and come back since its instruction trapped (another hart, a page brought in)? */
  private again(hart: TargetHart): boolean {
    const key = this.threadKey(hart);
    const known = this.met.get(key);
    if (known?.pc === hart.pc && known.trapped) {
      known.trapped = false;
      return true;
    }
    this.meet(hart);
    return false;
  }

  /** The thread stands at this instruction, and that was told or is about to be. */
  private meet(hart: TargetHart): void {
    if (this.met.size >= REMEMBERED) this.met.clear();
    this.met.set(this.threadKey(hart), { pc: hart.pc, trapped: false });
  }

  private executedThere(event: MigrationEvent | TrapEvent): { instructions?: number } {
    if (event.kind !== 'migration' || (event.step !== 'leave' && event.step !== 'ask')) return {};
    const before = this.arrived.get(event.task);
    const hart = this.debuggee.target.harts[event.from ?? event.hart];
    // After going back, an arrival that was heard of may be one that lies ahead.
    return before === undefined || hart.instret < before ? {} : { instructions: hart.instret - before };
  }

  /** Is the filter of signals on, and does its condition hold? */
  private asksFor(signal: Signal): boolean {
    return this.enabled.has(signalFilter.id) && this.holds(signalFilter, signal);
  }

  /** Does the filter's condition hold? One that can't be evaluated does. */
  private holds(filter: Filter, what: MigrationEvent | TrapEvent | Signal): boolean {
    const condition = this.enabled.get(filter.id);
    if (!condition?.holds) return true;
    const hart = this.debuggee.target.harts[what.hart];
    const names = 'kind' in what ? eventNames(what) : signalNamesOf(what);
    try {
      return condition.holds(this.debuggee.context(this.debuggee.innermost(hart), names));
    } catch (error) {
      this.log(`condition of ${filter.label}: ${(error as Error).message}`);
      return true;
    }
  }

  /** Is a breakpoint what was told last, here? An event was told before it. */
  get isAtBreakpoint(): boolean {
    const { told } = this;
    const hart = told && this.debuggee.target.harts[told.hart];
    return told?.reason === 'breakpoint' && hart?.pc === told.pc && hart.time === told.time;
  }

  /** Remember where it stopped. */
  stopped(stop: StopReport): Outcome {
    const hart = this.debuggee.target.harts[stop.hart];
    this.told = { hart: hart.id, pc: hart.pc, time: hart.time, reason: stop.reason };
    if (hart.privilege === 0) this.meet(hart);
    return { stop };
  }
}

const dataStop = ({ stop, description }: DataHit, hart: number): { stop: StopReport } => ({
  stop: { reason: 'data breakpoint', hart, description, breakpoints: stop },
});

const signalStop = (signal: Signal): StopReport => ({
  reason: 'exception',
  hart: signal.hart,
  description: `${signalFilter.label}: ${signalNames[signal.number] ?? signal.number}`,
  filter: signalFilter,
  signal,
});

/** What the condition of the filter of signals may name: `$signal == SIGSEGV`, `$fatal`. */
function signalNamesOf({ number, fatal, pid, tid }: Signal): Record<string, Value> {
  const int = (value: number): Value => ({ type: basic.long, number: BigInt(value) });
  return {
    ...Object.fromEntries(Object.entries(signalNames).map(([each, name]) => [name, int(Number(each))])),
    signal: int(number),
    fatal: int(fatal ? 1 : 0),
    pid: int(pid),
    ...(tid !== undefined && { task: int(tid) }),
  };
}

const reasons: readonly NonNullable<MigrationEvent['reason']>[] = [...new Set([...moveReasons, ...leaveReasons])];
const reasonType: CType = {
  kind: 'enum',
  name: 'reason',
  size: 4,
  values: new Map(reasons.map((name, n) => [BigInt(n), name])),
};

/** What a filter's condition may name besides registers and memory. */
function eventNames(event: MigrationEvent | TrapEvent): Record<string, Value> {
  const int = (number: number | bigint): Value => ({ type: basic.long, number: BigInt(number) });
  if (event.kind === 'trap') return { cause: int(event.cause), tval: int(event.tval), epc: int(event.pc) };
  const reason = event.reason && reasons.indexOf(event.reason);
  return {
    // `$reason == page_fault`: the reasons by name, as far as a name may be written.
    ...Object.fromEntries(
      reasons.map((name, n) => [name.replaceAll('-', '_'), { type: reasonType, number: BigInt(n) }]),
    ),
    ...(reason !== undefined && { reason: { type: reasonType, number: BigInt(reason) } }),
    ...(event.task >= 0 && { task: int(event.task) }),
    epc: int(event.pc),
    ...(event.from !== undefined && { from: int(event.from) }),
    ...(event.to !== undefined && { to: int(event.to) }),
  };
}
