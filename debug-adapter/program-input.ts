/** What a launched program reads from its console: a file's bytes, then what the user types in the debug console. */
import { ConsoleFeed } from '../emulator/console-feed.js';
import type { History } from '../emulator/history/history.js';
import type { Machine } from '../emulator/machine.js';
import type { Debuggee } from './debuggee.js';
import { GuestMemory } from './guest.js';
import type { Target, TargetStop } from './target.js';

const encoder = new TextEncoder();

export class ProgramInput {
  private readonly file: ConsoleFeed;
  private readonly typed: ConsoleFeed;
  /** What was given of the file, with its place in the run. */
  private given: { readonly steps: number; readonly piece: Uint8Array }[] = [];

  /** @param file what the program reads first; then the end of input follows it, until something is typed */
  constructor(
    private readonly machine: Machine,
    private readonly history: History | undefined,
    file: Uint8Array | undefined,
  ) {
    const write = (bytes: Uint8Array) =>
      history ? history.input({ kind: 'console', bytes: [...bytes] }) : machine.console.write(bytes);
    this.file = new ConsoleFeed(machine.harts, write);
    this.typed = new ConsoleFeed(machine.harts, write);
    if (!file) return;
    this.file.add(file);
    this.file.over = true;
  }

  /** A line, or several, that the user typed. */
  type(text: string): void {
    this.typed.add(encoder.encode(text));
  }

  /**
   * After a run of the target's: give the program what it waits for.
   * @param debuggee tells whether somebody reads
   * @returns the stop as it is then; `input`: nothing runs on until something is typed
   */
  after(stop: TargetStop, debuggee: Debuggee): TargetStop {
    // What the program was given on its way here it is given again by the history.
    if (this.history && !this.history.isNew) return stop;
    if (stop.reason === 'budget') {
      const still = this.file.isStill();
      if (!this.typed.isEmpty) this.typed.give();
      else if (still && !this.file.isEmpty) this.giveFile();
    }
    if (stop.reason !== 'deadlock' || this.machine.harts.some(({ frozen }) => frozen)) return stop;
    const gave = this.typed.isEmpty ? this.giveFile() : this.typed.give() !== undefined;
    if (gave) return { reason: 'budget', hart: stop.hart };
    return isRead(debuggee) ? { reason: 'input', hart: stop.hart } : stop;
  }

  /** @returns was there something, or its end? */
  private giveFile(): boolean {
    if (this.file.isEmpty && !this.file.over) return false;
    const { steps } = this.machine;
    const atEnd = this.file.isEmpty;
    const piece = this.file.give();
    if (piece && !atEnd) this.given.push({ steps, piece });
    return piece !== undefined;
  }

  /** What lies after this place in the run has not been: what the file gave there is to be given. */
  forgotten(steps: number): void {
    const undone = this.given.filter((each) => each.steps >= steps);
    this.given = this.given.filter((each) => each.steps < steps);
    for (const { piece } of undone.reverse()) this.file.putBack(piece);
  }
}

/** Does a task of the kernel's wait for console input (kernel/console.c)? Of other kernels that is not known: it may. */
function isRead({ images, target }: Debuggee): boolean {
  const readers = images.kernel?.declared.globals.get('readers');
  const hart = target.harts[0];
  if (!readers || !hart) return true;
  return new GuestMemory(target, hart, 1).word(readers.va) !== readers.va;
}

/** The target, whose runs give the program its input. */
export function fed<T extends Target>(target: T, input: ProgramInput, debuggee: () => Debuggee): T {
  return Object.assign(Object.create(target) as T, {
    run: (budget: number) => input.after(target.run(budget), debuggee()),
  });
}
