import { Breakpoints } from './breakpoints.js';
import type { Host } from './host.js';
import { Reverser } from './reversing.js';
import { Runner } from './runner.js';
import { Sources } from './sources.js';
import type { Launched } from './start.js';
import { Stepper } from './stepping.js';
import { VectorChanges } from './vector-changes.js';
import type { Work } from './views/harts.js';

/** A debuggee that was launched, with all that serves it. */
export interface Live extends Launched {
  readonly breakpoints: Breakpoints;
  readonly runner: Runner;
  readonly stepper: Stepper;
  readonly reverser: Reverser;
  readonly sources: Sources;
  readonly vectors: VectorChanges;
  /** What harts had done when the program was let go last. */
  since?: Work;
}

/** What it needs of its session. */
export interface Surroundings {
  readonly host: Host;
  /** Called now and then while it runs. */
  tick(): void;
  log(text: string): void;
  /** The address space that breakpoints are set in; undefined: any. */
  satp(): bigint | undefined;
}

/** Give a launched program what serves it. */
export function liveOf(launched: Launched, { host, tick, log, satp }: Surroundings): Live {
  const { debuggee } = launched;
  const breakpoints = new Breakpoints(debuggee.target, debuggee.images, satp);
  const clock = {
    now: () => host.now(),
    breathe: () => {
      launched.breathe();
      tick();
      return host.breathe();
    },
    idle: (milliseconds: number) => host.idle(milliseconds),
  };
  const runner = new Runner(debuggee, breakpoints, clock, log);
  const stepper = new Stepper(debuggee, runner);
  return {
    ...launched,
    breakpoints,
    runner,
    stepper,
    reverser: new Reverser(debuggee, runner, stepper),
    sources: new Sources(debuggee.images, host, launched.made?.recording?.sources),
    vectors: new VectorChanges(debuggee),
  };
}
