/** What each hart did when, from the event stream: the spans of a timeline, for trace files and pictures. */
import type { MachineEvent, MigrationEvent, Privilege } from './events.js';

/** A stretch of time in one privilege. */
export interface Span {
  readonly hart: number;
  readonly privilege: Privilege;
  /** Cycles of the hart's own time. */
  readonly start: number;
  readonly end: number;
  /** Instructions retired; what is missing to end - start was waited for. */
  readonly instructions: number;
  /** Of user privilege. */
  readonly thread?: Thread;
}

/** What tells user threads apart: address space, thread pointer and, for threads that set none, the stack they are on. */
interface Thread {
  readonly satp: bigint;
  readonly tp: bigint;
  readonly sp: bigint;
}

/** What is looked at of a machine. */
export interface Observed {
  readonly harts: readonly {
    readonly time: number;
    readonly instret: number;
    readonly privilege: Privilege;
    x(n: number): bigint;
  }[];
  readonly events: { on(listener: (event: MachineEvent) => void): () => void };
  satp(hart: number): bigint;
}

interface Open {
  start: number;
  instret: number;
  privilege: Privilege;
  thread?: Thread;
}

const SP = 2;
const TP = 4;

/** Made before the run; `spans` are complete after `finish`. */
export class Lanes {
  readonly spans: Span[] = [];
  readonly steps: MigrationEvent[] = [];
  private readonly open: Open[];
  private readonly tasks = new Map<number, Thread>();

  constructor(private readonly machine: Observed) {
    this.open = machine.harts.map((_, hart) => this.begin(hart, machine.harts[hart]!.time, 3));
    machine.events.on((event) => {
      if (event.kind === 'trap' || event.kind === 'trap-return') this.change(event.hart, event.cycle, event.to);
      else if (event.kind === 'migration') {
        this.steps.push(event);
        // Now the hart has the thread's own registers, so all its spans can be told.
        if (event.step === 'arrive' || event.step === 'resume') this.tasks.set(event.task, this.threadOn(event.hart));
      }
    });
  }

  /** The task whose span it is, where one is known: those that never migrate have no name. */
  task({ thread }: Pick<Span, 'thread'>): number | undefined {
    if (!thread) return undefined;
    let closest: { task: number; distance: bigint } | undefined;
    for (const [task, known] of this.tasks) {
      if (known.satp !== thread.satp || known.tp !== thread.tp) continue;
      const distance = known.sp > thread.sp ? known.sp - thread.sp : thread.sp - known.sp;
      if (!closest || distance < closest.distance) closest = { task, distance };
    }
    return closest?.task;
  }

  /** Close what is still open. */
  finish(): void {
    this.machine.harts.forEach(({ time, privilege }, hart) => this.change(hart, time, privilege));
  }

  private begin(hart: number, start: number, privilege: Privilege): Open {
    const { instret } = this.machine.harts[hart]!;
    return { start, privilege, instret, ...(privilege === 0 && { thread: this.threadOn(hart) }) };
  }

  private change(hart: number, cycle: number, to: Privilege): void {
    const { start, instret, ...same } = this.open[hart]!;
    const next = this.begin(hart, cycle, to);
    this.open[hart] = next;
    if (cycle > start) {
      this.spans.push({ hart, start, end: cycle, instructions: next.instret - instret, ...same });
    }
  }

  private threadOn(hart: number): Thread {
    const registers = this.machine.harts[hart]!;
    return { satp: this.machine.satp(hart), tp: registers.x(TP), sp: registers.x(SP) };
  }
}
