/** Who ran where when, and who went where: a machine's event stream, kept compactly for timelines, trace files, pictures and statistics. */
import type { MachineEvent, Privilege } from '../events.js';
import { Actors, FIRMWARE, IDLE, type Identify, KERNEL, type Registers } from './actors.js';
import { Crossings } from './crossings.js';
import { type Stretch, Sums, Track } from './track.js';

/** What is looked at of a machine. */
export interface Observed {
  readonly steps: number;
  readonly harts: readonly {
    readonly time: number;
    readonly privilege: Privilege;
    readonly idle: boolean;
    x(n: number): bigint;
  }[];
  readonly events: { on(listener: (event: MachineEvent) => void): () => void };
  satp(hart: number): bigint;
}

export interface TimelineOptions {
  /** The most stretches that are kept in detail; of older ones there are sums. */
  readonly most?: number;
  /** Asked of threads that are new. */
  readonly identify?: Identify;
  /** Has this happened before? Of a run that was gone back in. */
  readonly again?: () => boolean;
}

/** What a hart does just now: since when, and from which place of the run on. */
interface Open {
  start: number;
  steps: number;
  actor: number;
}

const SP = 2;
const TP = 4;

export class Timeline {
  /** A hart's, by actor. */
  readonly lanes: readonly Track[];
  readonly crossings = new Crossings();
  readonly actors = new Actors();
  private readonly open: Open[];
  private reached: readonly { readonly time: number; readonly idle: boolean; readonly place: number }[] = [];
  /** Where a thread ran first. */
  private first: { readonly cycle: number; readonly steps: number } | undefined;
  private readonly most: number;
  /** Stretches since it was last looked at how many there are. */
  private unweighed = 0;

  /** Made before the run. */
  constructor(
    private readonly machine: Observed,
    private readonly options: TimelineOptions = {},
  ) {
    this.most = options.most ?? Number.POSITIVE_INFINITY;
    this.lanes = machine.harts.map(() => new Track());
    this.open = machine.harts.map(({ time, privilege }, hart) => ({
      start: time,
      steps: machine.steps,
      actor: this.actorAt(hart, privilege),
    }));
    this.mark();
    machine.events.on((event) => {
      if (!options.again?.()) this.hear(event);
    });
  }

  /** How many stretches there are, whether in detail or not. */
  get length(): number {
    return this.tracks.reduce((sum, { length }) => sum + length, 0);
  }

  private get tracks(): readonly Track[] {
    return [...this.lanes, this.crossings.track, this.crossings.trips, this.crossings.steps];
  }

  /** The end, as of the last `mark`: the time of the hart that is furthest. */
  get now(): number {
    return Math.max(...this.reached.map(({ time }) => time));
  }

  /** When the first thread ran; 0 before. */
  get start(): number {
    return this.first?.cycle ?? 0;
  }

  /** What is not over yet: what a hart does since its last stretch ended, and that it waits now. */
  unfinished(hart: number): readonly Stretch[] {
    const { start, steps, actor } = this.open[hart]!;
    const { time, idle, place } = this.reached[hart]!;
    const own = { start, end: time, steps, after: place, kind: actor };
    const waiting = { start: time, end: this.now, steps: place, after: place, kind: IDLE };
    return [...(time > start ? [own] : []), ...(idle && this.now > time ? [waiting] : [])];
  }

  /** Take note of how far the run has come; before it is looked at, and before it is left to go back. */
  mark(): void {
    if (this.options.again?.()) return;
    const { steps: place } = this.machine;
    this.reached = this.machine.harts.map(({ time, idle }) => ({ time, idle, place }));
  }

  /** How long each actor ran on a hart between two times. @param sums to be used anew */
  sumUp(hart: number, from: number, to: number, sums = new Sums()): Sums {
    sums.clear();
    this.lanes[hart]!.sumUp(from, to, sums);
    for (const { start, end, kind } of this.unfinished(hart)) {
      const cycles = Math.min(end, to) - Math.max(start, from);
      if (cycles > 0) sums.add(kind, 1, cycles, cycles);
    }
    return sums;
  }

  private hear(event: MachineEvent): void {
    const { hart } = event;
    switch (event.kind) {
      case 'trap':
        if (event.from === 0) this.actors.leaving(this.registers(hart), this.open[hart]!.actor);
        this.change(hart, event.cycle, this.actorAt(hart, event.to), event.interrupt ? 0 : 1);
        break;
      case 'trap-return':
        this.change(hart, event.cycle, this.actorAt(hart, event.to), 1);
        break;
      case 'wait': {
        const { actor } = this.open[hart]!;
        this.change(hart, event.since, IDLE, 0);
        this.change(hart, event.cycle, actor, 0);
        break;
      }
      case 'migration':
        this.crossings.hear(event, this.machine.steps);
        // Now the hart has the thread's own registers.
        if (event.step === 'arrive' || event.step === 'resume') {
          const open = this.open[hart]!;
          if (open.actor > IDLE) open.actor = this.actors.named(open.actor, event.task, this.registers(hart));
        }
        break;
    }
  }

  private actorAt(hart: number, privilege: Privilege): number {
    if (privilege === 3) return FIRMWARE;
    if (privilege === 1) return KERNEL;
    return this.actors.entering(this.registers(hart), hart, this.options.identify);
  }

  private registers(hart: number): Registers {
    const registers = this.machine.harts[hart]!;
    return { satp: this.machine.satp(hart), tp: registers.x(TP), sp: registers.x(SP) };
  }

  /** @param own the instruction that the event belongs to, which is over when the next stretch begins */
  private change(hart: number, cycle: number, actor: number, own: number): void {
    const open = this.open[hart]!;
    const steps = this.machine.steps + own;
    if (cycle > open.start) {
      this.lanes[hart]!.push(open.start, cycle, open.steps, steps, open.actor);
      if (++this.unweighed >= 4096) this.weigh();
    }
    this.open[hart] = { start: cycle, steps, actor };
    if (actor > IDLE) this.first ??= { cycle, steps };
  }

  /** Too much to be kept in detail: what ended first goes. */
  private weigh(): void {
    this.unweighed = 0;
    const { tracks } = this;
    let detailed = tracks.reduce((sum, track) => sum + track.detailed, 0);
    while (detailed > this.most) {
      const oldest = tracks.reduce((a, b) =>
        (b.oldest ?? Number.POSITIVE_INFINITY) < (a.oldest ?? Number.POSITIVE_INFINITY) ? b : a,
      );
      const before = oldest.detailed;
      oldest.forget();
      if (oldest.detailed === before) return;
      detailed -= before - oldest.detailed;
    }
  }

  /** The machine stands at this place and goes another way from here: what was heard of later has not happened. */
  cut(place: number): void {
    this.crossings.cut(place);
    if (this.first && this.first.steps > place) this.first = undefined;
    this.lanes.forEach((lane, hart) => {
      const { time, privilege } = this.machine.harts[hart]!;
      const before = this.open[hart]!;
      let open: Open | undefined = before.steps <= place && before.start <= time ? before : undefined;
      lane.cut(place, ({ start, steps, kind }) => {
        // The first that straddles: waiting is told of only when it is over.
        if (kind !== IDLE) open ??= { start, steps, actor: kind };
      });
      // What is left of sums alone ends here.
      this.open[hart] = open ?? { start: time, steps: place, actor: this.actorAt(hart, privilege) };
    });
    this.mark();
  }
}
