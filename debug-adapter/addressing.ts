import { Following } from './following.js';
import type { Frame } from './frame.js';
import type { GuestMemory } from './guest.js';
import { Handles } from './handles.js';
import type { Live } from './live.js';
import { RequestError } from './protocol.js';
import type { StopReport } from './runner.js';
import type { StepTarget } from './step-targets.js';
import type { TargetHart } from './target.js';
import type { Parts } from './values/variable.js';

/** Where execution may go on. */
interface GotoTarget {
  readonly kind: 'goto';
  readonly va: bigint;
  readonly privilege: number;
  readonly label: string;
}

/** What the numbers and addresses in requests mean: threads, frames, variables, targets, memory. */
export abstract class Addressing {
  abstract readonly program: Live;
  abstract readonly quiet: Live;
  abstract readonly isRunning: boolean;
  readonly frames = new Handles<Frame>(1000);
  readonly variables = new Handles<Parts>(1000);
  /** Code that values point at. */
  readonly locations = new Handles<{ readonly va: bigint; readonly privilege: number }>(1);
  /** Where a step may go into, and where execution may go on. */
  readonly targets = new Handles<(StepTarget & { readonly hart: number }) | GotoTarget>(1);
  readonly following = new Following();
  /** Why everything stands still. */
  lastStop?: StopReport;
  /** The only hart that gets turns, while one runs alone. */
  protected only?: TargetHart;

  /** A hart that stands still. @throws RequestError */
  standing(threadId: unknown): TargetHart {
    const hart = this.hart(threadId);
    if (this.isRunning && hart.id === this.only?.id)
      throw new RequestError(`hart ${hart.id} is running; pause it first`);
    return hart;
  }

  /** The hart of a request to go on that asks for no other to run. */
  onlyOne(args: { readonly singleThread?: unknown }, hart: TargetHart): TargetHart | undefined {
    return args.singleThread === true ? hart : undefined;
  }

  /** A hart by DAP's thread id. @throws RequestError */
  hart(threadId: unknown, live = this.program): TargetHart {
    const hart = typeof threadId === 'number' ? live.debuggee.target.harts[threadId - 1] : undefined;
    if (!hart) {
      const count = live.debuggee.target.harts.length;
      throw new RequestError(
        `threadId must be from 1 to ${count} (hart 0 to ${count - 1}), not ${JSON.stringify(threadId)}`,
      );
    }
    return hart;
  }

  /** The hart that a step of this thread is for, forward or back. @throws RequestError */
  stepped(threadId: unknown): TargetHart {
    return this.hart(this.following.meant(this.hart(threadId).id) + 1);
  }

  /** A hart that gets turns. @throws RequestError */
  movable(hart: TargetHart): TargetHart {
    if (hart.frozen) throw new RequestError(`hart ${hart.id} is frozen and gets no turns; thaw it first`);
    return hart;
  }

  /** A frame by its id; without one, the innermost of the hart that stopped. @throws RequestError */
  frame(frameId: unknown): Frame {
    const { debuggee } = this.quiet;
    if (frameId === undefined) return debuggee.innermost(debuggee.target.harts[this.lastStop?.hart ?? 0]);
    const frame = this.frames.get(frameId);
    if (!frame)
      throw new RequestError(`frame ${JSON.stringify(frameId)} is not known; frames hold until the program runs on`);
    return frame;
  }

  /** The hart whose eyes memory is looked at with: the one that the user looked at last. */
  focus = 0;

  /** Memory by address alone: kernel and firmware by where they lie, all else as the focused hart's thread sees it. */
  memoryAt(va: bigint): GuestMemory {
    const { debuggee } = this.program;
    const hart = debuggee.target.harts[this.focus];
    const memory = debuggee.memory(hart, this.privilegeAt(va));
    if (memory.read(va, 1).length) return memory;
    const physical = debuggee.memory(hart, 3);
    return physical.read(va, 1).length ? physical : memory;
  }

  privilegeAt(va: bigint): number {
    return this.program.debuggee.images.privilegeOf(va) ?? 0;
  }

  /** The program goes on: what was handed out means nothing any more. @param all false: the harts that stand still can be looked at as before */
  protected forget(all: boolean): void {
    if (all) {
      this.frames.clear();
      this.variables.clear();
    }
    this.targets.clear();
    this.locations.clear();
  }
}
