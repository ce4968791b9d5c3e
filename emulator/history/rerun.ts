/** A recorded run, run again. */
import type { Stop } from '../driver.js';
import type { Machine } from '../machine.js';
import { stateFingerprint } from './fingerprint.js';
import { give } from './inputs.js';
import { type Recording, RecordingError } from './recording.js';

/** Gives a booted machine the inputs of a recording, each at its step. */
export class Rerun {
  private given = 0;

  constructor(
    private readonly machine: Machine,
    private readonly recording: Pick<Recording, 'inputs' | 'end' | 'version'>,
  ) {}

  /** Has the machine come to the recording's end? */
  get isOver(): boolean {
    return this.machine.steps >= this.recording.end.steps;
  }

  /** As Machine.run, to the end of the recording at most. */
  run(budgetInstructions: number): Stop {
    const { machine, recording } = this;
    for (let left = budgetInstructions; ; ) {
      this.giveDue();
      const until = Math.min(this.next?.steps ?? Number.POSITIVE_INFINITY, recording.end.steps);
      const before = machine.steps;
      const stop = machine.run(Math.min(left, until - before));
      this.giveDue();
      left -= machine.steps - before;
      if (stop.reason !== 'budget' || left <= 0 || this.isOver) return stop;
    }
  }

  private giveDue(): void {
    for (; this.next?.steps === this.machine.steps; this.given++) give(this.machine, this.next.input);
  }

  private get next() {
    return this.recording.inputs[this.given];
  }

  /** @throws RecordingError where the machine is not what it was at the recording's end; `file` is what it calls the recording */
  check(file: string, version: string): void {
    const { machine, recording } = this;
    if (machine.steps === recording.end.steps && stateFingerprint(machine) === recording.end.state) return;
    throw new RecordingError(otherRun(file, recording.version, version));
  }
}

/** What there is to say of a recording that does not give the recorded run. */
export const otherRun = (file: string, recorded: string, here: string): string =>
  `${file}: this is not the run that was recorded: HartHop ${recorded} recorded it, and this is HartHop ${here}${
    recorded === here ? ', of another build' : ''
  }`;
