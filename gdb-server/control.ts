/** Lets the machine run for a client: forward, by one instruction, back; until something stops it. */
import { alone } from '../debug-adapter/alone.js';
import type { Target, TargetHart, TargetStop } from '../debug-adapter/target.js';

/** Why everything stands still, as a stop reply says it. */
export type Halt =
  | { readonly kind: 'trap'; readonly hart: number }
  | { readonly kind: 'breakpoint'; readonly hart: number; readonly id: number | undefined }
  | { readonly kind: 'watchpoint'; readonly hart: number; readonly va: bigint; readonly id: number }
  | { readonly kind: 'interrupt'; readonly hart: number }
  /** Going back came to where the run begins. */
  | { readonly kind: 'start'; readonly hart: number }
  /** Nothing can run, and nothing will wake it. */
  | { readonly kind: 'deadlock'; readonly hart: number }
  | { readonly kind: 'exit'; readonly status: number };

/** What a client wants each hart to do; absent: nothing. */
export interface Resume {
  readonly step?: TargetHart;
  readonly running: readonly TargetHart[];
}

/** Instructions between two looks at the client. */
const BUDGET = 200_000;

export class Control {
  /** The client wants it to stop. */
  private interrupted = false;
  private disposed = false;

  constructor(
    private readonly target: Target,
    /** Let messages of the client in. */
    private readonly breathe: () => Promise<void>,
    /** Does the breakpoint at which the hart stands stop it? */
    private readonly stops: (hart: TargetHart) => boolean,
  ) {}

  interrupt(): void {
    this.interrupted = true;
  }
  dispose(): void {
    this.disposed = this.interrupted = true;
  }
  get isDisposed(): boolean {
    return this.disposed;
  }

  /** Harts that are not named stand still meanwhile. */
  async resume({ step, running }: Resume): Promise<Halt> {
    this.interrupted = this.disposed;
    // Gone back to where another ran alone: that is over.
    for (const hart of [...running, ...(step ? [step] : [])]) if (hart.frozen) this.target.freeze(hart.id, false);
    const go = async () => this.beforeAccess(await (step ? this.step(step) : this.some(running)));
    const others = this.target.harts.filter((hart) => hart !== step && !running.includes(hart));
    if (!others.length) return go();
    if (others.length === this.target.harts.length - 1) return alone(this.target, step ?? running[0]!, go);
    const frozen = others.filter((hart) => !hart.frozen);
    for (const { id } of frozen) this.target.freeze(id, true);
    try {
      return await go();
    } finally {
      for (const { id } of frozen) this.target.freeze(id, false);
    }
  }

  /**
   * Let some harts run. To step one over a breakpoint GDB lets it run alone, to a breakpoint behind the instruction. A program's instruction may
   * trap instead, and its thread go on on a hart that stands still: so the trap ends the step.
   */
  private async some(running: readonly TargetHart[]): Promise<Halt> {
    const [hart] = running;
    if (running.length !== 1 || this.target.harts.length === 1 || hart!.privilege !== 0) return this.run();
    let trapped = false;
    const deafen = this.target.events.on((event) => {
      if (event.kind !== 'trap' || event.interrupt || event.hart !== hart!.id || event.from !== 0) return;
      trapped = true;
      this.target.stop();
    });
    const halt = await this.run(() => trapped).finally(deafen);
    return halt ?? { kind: 'trap', hart: hart!.id };
  }

  /**
   * On RISC-V GDB expects to be told of an access before it happens, and steps over it then (gdbarch_have_nonsteppable_watchpoint). The machine
   * stops behind it.
   */
  private async beforeAccess(halt: Halt): Promise<Halt> {
    if (halt.kind === 'watchpoint') await this.target.history?.goBeforeLast(halt.hart);
    return halt;
  }

  private async run(): Promise<Halt>;
  private async run(enough: () => boolean): Promise<Halt | undefined>;
  private async run(enough?: () => boolean): Promise<Halt | undefined> {
    for (;;) {
      const halt = this.haltOf(this.target.run(BUDGET));
      if (halt || enough?.()) return halt;
      await this.breathe();
      if (this.interrupted) return { kind: 'interrupt', hart: this.lastHart };
    }
  }

  private lastHart = 0;

  private async step(hart: TargetHart): Promise<Halt> {
    const [time, pc] = [hart.time, hart.pc];
    for (;;) {
      const halt = this.haltOf(this.target.stepHart(hart.id));
      if (halt) return halt;
      if (hart.time !== time || hart.pc !== pc) return { kind: 'trap', hart: hart.id };
      // It waits for an interrupt; the others go on until it gets one.
      await this.breathe();
      if (this.interrupted) return { kind: 'interrupt', hart: hart.id };
    }
  }

  /** One instruction back. */
  async stepBack(hart: TargetHart): Promise<Halt> {
    const there = await this.target.history!.goBeforeLast(hart.id);
    return { kind: there ? 'trap' : 'start', hart: hart.id };
  }

  /** To the last breakpoint, or to behind the last access that is watched for; else to the start. */
  async runBack(hart: TargetHart): Promise<Halt> {
    this.interrupted = this.disposed;
    const history = this.target.history!;
    const breathe = async () => {
      await this.breathe();
      return this.interrupted;
    };
    let found: Halt | undefined;
    // An access by the very last instruction counts: to go back is to go back over it.
    if (await history.goBeforeLast(hart.id)) {
      const halt = this.haltOf(this.target.stepHart(hart.id));
      if (halt?.kind === 'watchpoint') return halt;
    }
    const stop = await history.goToLastStop(history.now, { breathe }, (each) => {
      const halt = this.haltOf(each);
      if (halt?.kind !== 'breakpoint' && halt?.kind !== 'watchpoint') return false;
      found = halt;
      return true;
    });
    if (stop === 'given up') return { kind: 'interrupt', hart: hart.id };
    if (!stop || !found) return { kind: 'start', hart: hart.id };
    // Behind the access: the client goes back over it, and sees what it had changed.
    return found;
  }

  private haltOf({ reason, hart, watched, breakpoint, status }: TargetStop): Halt | undefined {
    this.lastHart = hart;
    const [hit] = watched ?? [];
    if (reason === 'power') return { kind: 'exit', status: status ?? 0 };
    if (hit) return { kind: 'watchpoint', hart: hit.hart, va: hit.va, id: hit.id };
    if (reason === 'breakpoint' && this.stops(this.target.harts[hart]!))
      return { kind: 'breakpoint', hart, id: breakpoint };
    if (reason === 'deadlock') return { kind: 'deadlock', hart };
    return undefined;
  }
}
