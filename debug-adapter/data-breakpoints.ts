import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { WatchHit } from '../emulator/watchpoints.js';
import { type Condition, conditionOf, type When } from './condition.js';
import type { Debuggee } from './debuggee.js';
import type { Value } from './expressions/value.js';
import type { Target, TargetHart } from './target.js';
import { accessText, valuesOf } from './values/watched.js';
import { idOf, type Watchable, watchableOf } from './watchable.js';

/** A data breakpoint: what is watched and when it stops. */
interface DataBreakpoint {
  readonly id: number;
  readonly what: Watchable;
  readonly condition: Condition;
  readonly shown: P.Breakpoint;
  hits: number;
}

/** What a stop for data tells. */
export interface DataHit {
  readonly stop: number[];
  readonly output: string[];
  /** One line: what was accessed, and how. */
  readonly description: string;
}

const MOST = 1000;
const MOST_BYTES_TOGETHER = 8 * 2 ** 20;

/** The data breakpoints of a session. */
export class DataBreakpoints {
  /** What was offered, by data id: a client may give back ids of earlier sessions, too. */
  private readonly offered = new Map<string, Watchable>();
  /** By the machine's watchpoint. */
  private readonly byWatch = new Map<number, DataBreakpoint>();
  private removals: (() => void)[] = [];

  constructor(
    private readonly target: Target,
    private readonly nextId: () => number,
  ) {}

  /** Take note of something that can be watched. @returns its data id */
  offer(what: Watchable): string {
    const id = idOf(what);
    this.offered.set(id, what);
    return id;
  }

  /** Watch these and nothing else. */
  set(wanted: readonly (When & { dataId: string; accessType?: P.DataBreakpointAccessType })[]): P.Breakpoint[] {
    for (const remove of this.removals.splice(0)) remove();
    this.byWatch.clear();
    let bytes = 0;
    return wanted.map(({ dataId, accessType = 'write', ...when }) => {
      const id = this.nextId();
      const refused = (message: string): P.Breakpoint => ({ id, verified: false, message });
      const what = this.offered.get(dataId) ?? watchableOf(dataId);
      if (!what) return refused(`\`${dataId}\` is no data id of this debugger`);
      if (what.register && accessType !== 'write') return refused('registers are watched for changes only');
      bytes += what.bytes;
      if (bytes > MOST_BYTES_TOGETHER || this.byWatch.size >= MOST)
        return refused(`at most ${MOST} data breakpoints are set, on ${MOST_BYTES_TOGETHER / 2 ** 20} MiB together`);
      let condition: Condition;
      try {
        condition = conditionOf(when);
      } catch (error) {
        return refused((error as Error).message);
      }
      const shown: P.Breakpoint = { id, verified: true, message: what.description };
      const watch = this.watch(what, accessType);
      this.byWatch.set(watch, { id, what, condition, shown, hits: 0 });
      return shown;
    });
  }

  private watch(what: Watchable, accessType: P.DataBreakpointAccessType): number {
    const { watchpoints } = this.target;
    const watch = what.register
      ? watchpoints.addRegister(what.register)
      : watchpoints.add({
          va: what.va,
          bytes: what.bytes,
          satp: what.satp,
          ...(what.everywhere && { everywhere: true }),
          ...(accessType !== 'write' && { reads: true }),
          ...(accessType !== 'read' && { writes: accessType === 'readWrite' || what.everyWrite ? 'all' : 'changes' }),
        });
    this.removals.push(() => watchpoints.remove(watch));
    return watch;
  }

  /**
   * An instruction did what is watched for: which breakpoints stop it?
   * @param again it did so before: nothing is counted, and counts do not matter
   */
  hit(hits: readonly WatchHit[], debuggee: Debuggee, again = false): DataHit | undefined {
    const stop: number[] = [];
    const output: string[] = [];
    const told: string[] = [];
    for (const hit of hits) {
      const breakpoint = this.byWatch.get(hit.id);
      if (!breakpoint) continue;
      const hart = this.target.harts[hit.hart]!;
      const { tid } = breakpoint.what;
      if (tid !== undefined && debuggee.task(hart)?.tid !== tid) continue;
      const access = accessText(breakpoint.what, hit, debuggee);
      try {
        if (breakpoint.condition.holds && !breakpoint.condition.holds(this.context(breakpoint, hit, hart, debuggee)))
          continue;
        if (!again && !breakpoint.condition.enough(++breakpoint.hits)) continue;
      } catch (error) {
        output.push(`condition of the data breakpoint on ${breakpoint.what.name}: ${(error as Error).message}`);
      }
      stop.push(breakpoint.id);
      told.push(access.what);
      output.push(`${access.what}: ${access.by}`);
    }
    return stop.length ? { stop, output, description: told.join('; ') } : undefined;
  }

  /** Conditions also know `$old` and `$new`, and `$access`, the address of the instruction. */
  private context({ what }: DataBreakpoint, hit: WatchHit, hart: TargetHart, debuggee: Debuggee) {
    const { old, now } = valuesOf(what, hit);
    const more: Record<string, Value> = { ...(old && { old }), ...(now && { new: now }) };
    return debuggee.context(debuggee.innermost(hart), more);
  }
}
