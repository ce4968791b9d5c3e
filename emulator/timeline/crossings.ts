/** Threads that go from hart to hart, and what that takes: made of the migration steps of the event stream. */
import type { LeaveReason, MigrationEvent, MigrationStep, MoveReason } from '../events.js';
import { Track } from './track.js';

/**
 * out: from the instruction that the hart lacks (or the call, where it goes ahead of one) to the accelerator hart; back: from where the thread
 * left there to where it goes on; ask: from the question to where it went on, without leaving; away: a whole trip, from out to back.
 */
export type Way = 'out' | 'back' | 'ask' | 'away';

/** What crossings have in common that are counted together. */
export interface Route {
  readonly way: Way;
  readonly task: number;
  /** Harts. */
  readonly from: number;
  readonly to: number;
  readonly reason: MoveReason | LeaveReason;
  /** Of the thread, in its own address space: the instruction for which it went. */
  readonly pc: bigint;
}

/** A step of a migration, without its time. */
export interface Mark {
  readonly step: MigrationStep;
  readonly hart: number;
  readonly task: number;
  readonly reason: MigrationEvent['reason'];
  readonly pc: bigint;
}

/** A crossing that has begun. */
interface Begun {
  readonly cycle: number;
  readonly steps: number;
  readonly hart: number;
  readonly pc: bigint;
  readonly reason: MoveReason | LeaveReason;
  /** The kernel will ask again for the same, since the queue was full. */
  readonly waits?: boolean;
}

/** Things by number, each once. */
class Kinds<T extends object> {
  readonly list: T[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly keyOf: (kind: T) => string) {}

  number(kind: T): number {
    const key = this.keyOf(kind);
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.list.push(kind) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }
}

export class Crossings {
  /** Kinds are numbers of `routes`. */
  readonly track = new Track();
  readonly trips = new Track();
  /** Every step as it was told; kinds are numbers of `marks`. */
  readonly steps = new Track();
  private readonly routeKinds = new Kinds<Route>(
    ({ way, task, from, to, reason, pc }) => `${way} ${task} ${from} ${to} ${reason} ${pc}`,
  );
  private readonly markKinds = new Kinds<Mark>(
    ({ step, hart, task, reason, pc }) => `${step} ${hart} ${task} ${reason} ${pc}`,
  );
  /** What has begun, by way and task. */
  private readonly begun: Readonly<Record<Way, Map<number, Begun>>> = {
    out: new Map(),
    back: new Map(),
    ask: new Map(),
    away: new Map(),
  };
  /** By hart: the last instruction that it lacked. */
  private readonly lacking = new Map<number, { readonly cycle: number; readonly steps: number; readonly pc: bigint }>();

  get routes(): readonly Route[] {
    return this.routeKinds.list;
  }
  get marks(): readonly Mark[] {
    return this.markKinds.list;
  }

  /** @param steps the place in the run: before the instruction that the event belongs to */
  hear(event: MigrationEvent, steps: number): void {
    const { step, hart, cycle, task, pc, reason } = event;
    this.steps.push(cycle, cycle, steps, steps + 1, this.markKinds.number({ step, hart, task, reason, pc }));
    const here: Begun = { cycle, steps, hart, pc, reason: reason ?? 'recall' };
    switch (step) {
      case 'illegal':
        this.lacking.set(hart, { cycle, steps, pc });
        break;
      case 'sbi-migrate': {
        const lacked = this.lacking.get(hart);
        if (!this.begun.out.get(task)?.waits)
          this.begun.out.set(task, lacked?.pc === pc ? { ...here, ...lacked } : here);
        this.lacking.delete(hart);
        break;
      }
      case 'queue-full': {
        const asked = this.begun.out.get(task);
        if (asked) this.begun.out.set(task, { ...asked, waits: true });
        break;
      }
      case 'arrive': {
        const out = this.end('out', event, steps);
        this.begun.away.set(task, out ?? here);
        break;
      }
      case 'ask':
        this.begun.ask.set(task, here);
        break;
      case 'answer':
        this.end('ask', event, steps);
        break;
      case 'leave': {
        // It asked, and was sent home instead.
        const asked = this.begun.ask.get(task);
        this.begun.ask.delete(task);
        this.begun.back.set(task, asked ?? here);
        break;
      }
      case 'resume':
        this.end('back', event, steps);
        this.end('away', event, steps);
        break;
    }
  }

  private end(way: Way, { task, hart, cycle }: MigrationEvent, steps: number): Begun | undefined {
    const begun = this.begun[way].get(task);
    if (!begun) return undefined;
    this.begun[way].delete(task);
    const { hart: from, reason, pc } = begun;
    const route = this.routeKinds.number({ way, task, from, to: hart, reason, pc });
    const track = way === 'away' ? this.trips : this.track;
    // Harts' times differ by less than a turn.
    track.push(begun.cycle, Math.max(begun.cycle, cycle), begun.steps, steps + 1, route);
    return begun;
  }

  /** What lies after this place in the run has not happened. */
  cut(place: number): void {
    this.steps.cut(place);
    for (const [hart, { steps }] of this.lacking) if (steps >= place) this.lacking.delete(hart);
    for (const begun of Object.values(this.begun))
      for (const [task, { steps }] of begun) if (steps >= place) begun.delete(task);
    for (const track of [this.track, this.trips])
      track.cut(place, ({ start, steps, kind }) => {
        if (steps >= place) return;
        const { way, task, from, pc, reason } = this.routes[kind]!;
        // Going on from between its beginning and the call, it is asked for (again).
        this.begun[way].set(task, { cycle: start, steps, hart: from, pc, reason, waits: way === 'out' });
      });
  }
}
