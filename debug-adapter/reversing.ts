import type { MachineEvent, MigrationEvent, TrapEvent } from '../emulator/events.js';
import { Backwards, GivenUp } from './backwards.js';
import type { Debuggee } from './debuggee.js';
import type { Filter } from './filters.js';
import type { Frame } from './frame.js';
import { lineBefore } from './line-before.js';
import { beforeInlined, OwnLines } from './own-lines.js';
import { RequestError } from './protocol.js';
import type { Outcome, Runner, StopReport } from './runner.js';
import type { Stepper } from './stepping.js';
import type { TargetHart, TargetHistory, TargetStop } from './target.js';

const SP = 2;

/** Going back: the machine is put to where it was. Like a step forward, a step back follows the software thread from hart to hart. */
export class Reverser {
  private readonly back: Backwards;

  constructor(
    private readonly debuggee: Debuggee,
    private readonly runner: Runner,
    private readonly stepper: Stepper,
  ) {
    this.back = new Backwards(debuggee, runner, stepper);
  }

  /** Is this a place of the run? @throws RequestError that says which are */
  check(steps: number): void {
    const { start, end } = this.history;
    if (steps < start || steps > end)
      throw new RequestError(`the run has been recorded from step ${start} to step ${end}; ${steps} lies outside`);
  }

  private get history(): TargetHistory {
    return this.back.history;
  }

  /** To where the user may say on the way that it takes too long: then everything is as it was before. */
  private async unlessGivenUp(something: () => Promise<Outcome>): Promise<Outcome> {
    const from = this.history.now;
    try {
      return await something();
    } catch (error) {
      if (!(error instanceof GivenUp)) throw error;
      await this.history.goTo(from);
      this.runner.forget();
      return this.runner.pausedNow();
    }
  }

  /** To the last breakpoint, or what a filter or a data breakpoint stops at; else to the start. */
  toLastStop(): Promise<Outcome> {
    return this.unlessGivenUp(async () => {
      const { history } = this;
      const { harts } = this.debuggee.target;
      let found: { readonly steps: number; readonly stop: StopReport } | undefined;
      const accepts = (each: TargetStop) => {
        const outcome = this.runner.judgeAgain(each);
        if (!outcome || !('stop' in outcome)) return false;
        const { stop } = outcome;
        const { now: steps } = history;
        // An event that was told here has told of the breakpoint here. (The breakpoint itself may be met twice: where a moment of the history is kept.)
        const known = found?.steps === steps && found.stop.hart === stop.hart ? found.stop.reason : 'breakpoint';
        if (stop.reason === 'breakpoint' && known !== 'breakpoint') return false;
        found = { steps, stop };
        return true;
      };
      const listener = (event: MachineEvent) => this.runner.hear(event);
      for (let arriving = this.runner.isAtBreakpoint; ; arriving = true) {
        found = undefined;
        if (!(await this.back.goToLastStop(accepts, listener, arriving))) return this.atStart();
        const { stop } = found as unknown as { stop: StopReport };
        const { now } = history;
        // Where the thread came to the breakpoint again after its instruction had trapped, it was told when it came first.
        if (stop.reason !== 'breakpoint' || !(await this.wasToldBefore(harts[stop.hart]))) return this.told({ stop });
        await this.back.goTo(now);
      }
    });
  }

  /** Did the thread come to this breakpoint before, with an instruction that trapped then, and was that told? (The machine is there then.) */
  private async wasToldBefore(hart: TargetHart): Promise<boolean> {
    const { history } = this;
    const { now } = history;
    const first = await this.back.firstAttempt(this.stepper.walker(hart), hart);
    if (history.now === now) return false;
    const told = this.runner.judgeAgain({ reason: 'breakpoint', hart: first.id });
    if (!told) await this.back.goTo(now);
    return !!told;
  }

  /** To a place in the run, behind or ahead. @throws RequestError where the run has not been there */
  to(steps: number, hart: TargetHart): Promise<Outcome> {
    return this.unlessGivenUp(async () => {
      await this.back.goTo(steps);
      return this.told({ stop: { reason: 'goto', hart: hart.id, description: `At step ${steps} of the run` } });
    });
  }

  /**
   * To a time of a hart.
   * @param there a hart that runs then, and a place not long before
   */
  async toTime(cycle: number, there: { hart: number; steps: number }, hart: TargetHart): Promise<Outcome> {
    if (!(await this.history.goToTime(there.steps, there.hart, cycle, this.back))) return this.runner.pausedNow();
    return this.told({ stop: { reason: 'goto', hart: hart.id, description: `At cycle ${cycle} of the run` } });
  }

  /** One instruction of the hart's thread; `into`: whatever the hart did last, in firmware and kernel too. */
  instruction(hart: TargetHart, into: boolean): Promise<Outcome> {
    return this.unlessGivenUp(async () => {
      const walker = this.stepper.walker(hart);
      if (into) return (await this.back.goBeforeLast(hart.id)) ? this.stepped(hart.id) : this.atStart();
      // Whatever was at the same instruction before is the same one, which trapped then and was done again.
      const first = await this.back.firstAttempt(walker, hart);
      const before = await this.back.before(walker, first);
      return before ? this.stepped((await this.back.firstAttempt(walker, before.hart)).id) : this.atStart();
    });
  }

  /** To the start of the line that the thread was in before; not into functions that it called, unless `into`. */
  async line(hart: TargetHart, into: boolean): Promise<Outcome> {
    const lines = OwnLines.around(this.debuggee, hart, into);
    if (!lines) return this.instruction(hart, false);
    const leave = into ? undefined : beforeInlined(this.debuggee, hart);
    if (leave) {
      // The inlined call begins right here: out of it without a step of the hart.
      leave();
      return this.stepped(hart.id);
    }
    const walker = this.stepper.walker(hart);
    return this.unlessGivenUp(async () => {
      const line = await lineBefore(this.back, walker, lines, hart, into);
      if (!line) return this.atStart();
      await this.back.goTo(line.steps);
      const first = await this.back.firstAttempt(walker, line.hart);
      lines.show(first, line);
      return this.stepped(first.id);
    });
  }

  /** The hart's innermost frame, and the one that called it (not one that it was inlined into). @throws RequestError where none is known */
  callerOf(hart: TargetHart): { frame: Frame; caller: Frame } {
    const [frame, ...outer] = this.debuggee.frames(hart);
    const caller = outer.find(({ raw }) => raw !== frame.raw);
    if (!caller) throw new RequestError('no caller of this frame is known');
    return { frame, caller };
  }

  /** Out of the function, to the call that it was entered by; out of a trap, to the instruction that trapped. */
  out(hart: TargetHart): Promise<Outcome> {
    const { frame, caller } = this.callerOf(hart);
    return this.unlessGivenUp(async () => {
      const entered =
        caller.raw.privilege === frame.raw.privilege
          ? await this.toCall(hart, caller, frame.raw.cfa)
          : await this.back.toTrap(hart, frame.raw.privilege, caller.raw.privilege);
      return entered ? this.stepped(entered.id) : this.atStart();
    });
  }

  /** To the last call that returns to where the caller stands. @param cfa the stack pointer at the call, where it is known */
  private toCall(hart: TargetHart, caller: Frame, cfa: bigint | undefined): Promise<TargetHart | undefined> {
    const calls = this.back.callsBefore(caller.raw.pc, caller.memory);
    if (!calls.length) throw new RequestError('before where this frame returns to there is no call');
    const least = hart.x(SP);
    return this.back.toLast(this.stepper.walker(hart), calls, (sp) => (cfa === undefined ? sp >= least : sp === cfa));
  }

  /** Where the frame's function begins. @throws RequestError where that is not known or can't be gone back to */
  entryOf({ hart, image, raw, level }: Frame): bigint {
    const pc = level === 0 ? raw.pc : raw.pc - 1n;
    const entry = image?.code.at(pc)?.low ?? image?.symbolAt(pc)?.symbol.value;
    if (entry === undefined)
      throw new RequestError('restartFrame: where the function of this frame begins is not known');
    if (raw.privilege !== hart.privilege)
      throw new RequestError('restartFrame: this frame waits for a trap to return; step back out of the trap first');
    return entry;
  }

  /** To where the frame's function was entered, with everything as it was then. @param entry as entryOf says */
  frame({ hart, raw, level }: Frame, entry: bigint): Promise<Outcome> {
    return this.unlessGivenUp(async () => {
      const walker = this.stepper.walker(hart);
      const least = raw.cfa ?? raw.registers[SP] ?? hart.x(SP);
      const isThere = level === 0 && hart.pc === entry && hart.x(SP) >= least;
      const entered = isThere ? hart : await this.back.toLast(walker, [entry], (sp) => sp >= least);
      if (!entered) return this.atStart();
      const first = await this.back.firstAttempt(walker, entered);
      return this.told({ stop: { reason: 'restart', hart: first.id, description: 'Where the function was entered' } });
    });
  }

  /** To the last event of a kind, whatever is asked for beside it. */
  toLastEvent(wanted: Filter): Promise<Outcome> {
    return this.unlessGivenUp(async () => {
      let heard: MigrationEvent | TrapEvent | undefined;
      let last: MigrationEvent | TrapEvent | undefined;
      const listener = (event: MachineEvent) => {
        if (!wanted.matches(event)) return;
        heard = event;
        this.debuggee.target.stop();
      };
      const accepts = () => {
        if (heard) last = heard;
        const is = heard !== undefined;
        heard = undefined;
        return is;
      };
      if (!(await this.back.goToLastStop(accepts, listener)) || !last) return this.atStart();
      const { label: description } = wanted;
      return this.told({ stop: { reason: 'exception', hart: last.hart, description, filter: wanted, event: last } });
    });
  }

  private stepped(hart: number): Outcome {
    return this.told({ stop: { reason: 'step', hart, description: 'Step back' } });
  }

  private async atStart(): Promise<Outcome> {
    await this.history.goTo(this.history.start);
    return this.told({
      stop: { reason: 'entry', hart: 0, description: 'The start of the run: there is nothing before it' },
    });
  }

  private told(outcome: Outcome): Outcome {
    this.runner.forget();
    return 'stop' in outcome ? this.runner.stopped(outcome.stop) : outcome;
  }
}
