/** Runs a machine to its end with the command's own input and output as the guest's console. */
import type { Stop } from '../emulator/driver.js';
import type { Machine } from '../emulator/machine.js';
import { Input } from './input.js';

export interface GuestOptions {
  /** Stop after so many instructions of all harts together. */
  readonly maxInstructions?: number;
  /** Looked at whenever the machine stops: an answer ends the run with it. */
  readonly poll?: () => Ending | undefined;
  /** Hears of the console input that the guest is given. */
  readonly given?: (bytes: Uint8Array) => void;
  /** In place of the machine's own: a run whose input is known. stdin is not read then. */
  readonly run?: (budgetInstructions: number) => Stop;
}

/** How a run ended. */
export type Ending =
  | { readonly kind: 'exit'; readonly status: number }
  | { readonly kind: 'limit' }
  /** Where its recording ends. */
  | { readonly kind: 'recorded' }
  | { readonly kind: 'deadlock' }
  | { readonly kind: 'interrupted' }
  /** A debugger ended it. */
  | { readonly kind: 'terminated' };

/** Instructions between two looks at input and Ctrl-C: some 20 ms. */
const SLICE = 4_000_000;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Console bytes of one slice, written together. */
export class Output {
  private bytes: number[] = [];

  /** @param isNew is what is written now written for the first time? */
  constructor(machine: Machine, isNew: () => boolean = () => true) {
    machine.events.on(
      (event) => {
        if (event.kind === 'console' && isNew()) this.bytes.push(event.byte);
      },
      ['console'],
    );
  }

  async flush(): Promise<void> {
    if (!this.bytes.length) return;
    const chunk = Uint8Array.from(this.bytes);
    this.bytes = [];
    // Wait for a slow reader rather than to pile up what the guest writes.
    if (!process.stdout.write(chunk)) await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
  }
}

/** There is none, and never will be. */
const noInput: Pick<Input, 'afterSlice' | 'whenStill' | 'close'> = {
  afterSlice() {},
  whenStill: async () => false,
  close() {},
};

/** Run until the guest ends, a limit is reached or Ctrl-C is pressed. */
export async function runGuest(machine: Machine, options: GuestOptions = {}): Promise<Ending> {
  const output = new Output(machine);
  const input = options.run
    ? noInput
    : new Input(machine, (bytes) => {
        options.given?.(bytes);
        machine.console.write(bytes);
      });
  let interrupted = false;
  let onInterrupt = () => {};
  const interruption = new Promise<false>((resolve) => {
    onInterrupt = () => {
      interrupted = true;
      resolve(false);
    };
  });
  process.on('SIGINT', onInterrupt);
  const progress = new Progress(machine);
  let left = options.maxInstructions ?? Number.POSITIVE_INFINITY;
  try {
    for (;;) {
      const budget = Math.min(SLICE, left);
      const before = retired(machine);
      const stop = options.run ? options.run(budget) : machine.run(budget);
      const told = options.poll?.();
      // A whole slice counts as such: a guest that does nothing but trap retires nothing.
      left -= stop.reason === 'budget' ? budget : retired(machine) - before;
      await output.flush();
      const ending = told ?? endingOf(stop);
      if (ending) return ending;
      if (left <= 0) return { kind: 'limit' };
      progress.show();
      await turn();
      if (interrupted) return { kind: 'interrupted' };
      if (stop.reason === 'budget') input.afterSlice();
      if (stop.reason === 'deadlock' && !(await Promise.race([input.whenStill(), interruption]))) {
        return interrupted ? { kind: 'interrupted' } : { kind: 'deadlock' };
      }
    }
  } finally {
    progress.clear();
    process.off('SIGINT', onInterrupt);
    input.close();
  }
}

const retired = (machine: Machine) => machine.harts.reduce((sum, { instret }) => sum + instret, 0);

export function endingOf({ reason, status }: Pick<Stop, 'status'> & { readonly reason: string }): Ending | undefined {
  return reason === 'power' ? { kind: 'exit', status: status ?? 0 } : undefined;
}

/** On a terminal, how far a long run has come; nowhere else. */
class Progress {
  private readonly start = Date.now();
  private shown = 0;

  constructor(private readonly machine: Machine) {}

  show(): void {
    const now = Date.now();
    // Where guest and progress share a terminal, the guest has it.
    if (!process.stderr.isTTY || process.stdout.isTTY || now - this.start < 3000 || now - this.shown < 500) return;
    this.shown = now;
    process.stderr.write(`\r${(retired(this.machine) / 1e6).toFixed(0)} million instructions `);
  }

  clear(): void {
    if (this.shown) process.stderr.write('\r\x1b[K');
  }
}
