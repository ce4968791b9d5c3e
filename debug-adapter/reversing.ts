import type { MachineEvent, MigrationEvent, TrapEvent } from '../emulator/events.js';
import type { Debuggee } from './debuggee.js';
import type { Filter } from './filters.js';
import type { Frame } from './frame.js';
import type { GuestMemory } from './guest.js';
import { callOf, codeAt, returnOf } from './instructions.js';
import { beforeInlined, isSameLine, type OwnLine, OwnLines } from './own-lines.js';
import { RequestError } from './protocol.js';
import type { Outcome, Runner, StopReport } from './runner.js';
import type { Stepper, Walker } from './stepping.js';
import type { TargetHart, TargetHistory, TargetStop } from './target.js';

const SP = 2;
/** Single steps back within a line before breakpoints are set for the way. */
const SINGLE_STEPS = 16;

/** A line, and where in the run it was begun. */
type Begun = OwnLine & { readonly hart: TargetHart; readonly steps: number };

/** The user does not want to wait any longer. */
class GivenUp extends Error {}

/** Going back: the machine is put to where it was. Like a step forward, a step back follows the software thread from hart to hart. */
export class Reverser {
  constructor(
    private readonly debuggee: Debuggee,
    private readonly runner: Runner,
    private readonly stepper: Stepper,
  ) {}

  /** Is this a place of the run? @throws RequestError that says which are */
  check(steps: number): void {
    const { start, end } = this.history;
    if (steps < start || steps > end)
      throw new RequestError(`the run has been recorded from step ${start} to step ${end}; ${steps} lies outside`);
  }

  /** @throws RequestError where no history is kept */
  private get history(): TargetHistory {
    const { history } = this.debuggee.target;
    if (!history) throw new RequestError('nothing was recorded of this run, so there is no way back');
    return history;
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

  /** As a way (history.ts) has it. */
  readonly breathe = () => this.runner.wantsToStop();

  /** @throws GivenUp */
  private async goTo(steps: number): Promise<void> {
    if (!(await this.history.goTo(steps, this))) throw new GivenUp();
  }

  /** To before the last thing that a hart did. @returns false: there is nothing. @throws GivenUp */
  private async goBeforeLast(hart: number): Promise<boolean> {
    const gone = await this.history.goBeforeLast(hart, this);
    if (gone === 'given up') throw new GivenUp();
    return gone;
  }

  /** @throws GivenUp */
  private async goToLastStop(
    accepts: (stop: TargetStop) => boolean,
    listener?: (event: MachineEvent) => void,
    arriving = false,
  ): Promise<boolean> {
    const { history, breathe } = this;
    const found = await history.goToLastStop(
      history.now,
      { breathe, arriving, ...(listener && { listener }) },
      accepts,
    );
    if (found === 'given up') throw new GivenUp();
    return found !== undefined;
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
        if (!(await this.goToLastStop(accepts, listener, arriving))) return this.atStart();
        const { stop } = found as unknown as { stop: StopReport };
        const { now } = history;
        // Where the thread came to the breakpoint again after its instruction had trapped, it was told when it came first.
        if (stop.reason !== 'breakpoint' || !(await this.wasToldBefore(harts[stop.hart]))) return this.told({ stop });
        await this.goTo(now);
      }
    });
  }

  /** Did the thread come to this breakpoint before, with an instruction that trapped then, and was that told? (The machine is there then.) */
  private async wasToldBefore(hart: TargetHart): Promise<boolean> {
    const { history } = this;
    const { now } = history;
    const first = await this.firstAttempt(this.stepper.walker(hart), hart);
    if (history.now === now) return false;
    const told = this.runner.judgeAgain({ reason: 'breakpoint', hart: first.id });
    if (!told) await this.goTo(now);
    return !!told;
  }

  /** To a place in the run, behind or ahead. @throws RequestError where the run has not been there */
  to(steps: number, hart: TargetHart): Promise<Outcome> {
    return this.unlessGivenUp(async () => {
      await this.goTo(steps);
      return this.told({ stop: { reason: 'goto', hart: hart.id, description: `At step ${steps} of the run` } });
    });
  }

  /**
   * To a time of a hart.
   * @param there a hart that runs then, and a place not long before
   */
  async toTime(cycle: number, there: { hart: number; steps: number }, hart: TargetHart): Promise<Outcome> {
    if (!(await this.history.goToTime(there.steps, there.hart, cycle, this))) return this.runner.pausedNow();
    return this.told({ stop: { reason: 'goto', hart: hart.id, description: `At cycle ${cycle} of the run` } });
  }

  /** One instruction of the hart's thread; `into`: whatever the hart did last, in firmware and kernel too. */
  instruction(hart: TargetHart, into: boolean): Promise<Outcome> {
    return this.unlessGivenUp(async () => {
      const walker = this.stepper.walker(hart);
      if (into) return (await this.goBeforeLast(hart.id)) ? this.stepped(hart.id) : this.atStart();
      // Whatever was at the same instruction before is the same one, which trapped then and was done again.
      const first = await this.firstAttempt(walker, hart);
      const before = await this.before(walker, first);
      return before ? this.stepped((await this.firstAttempt(walker, before.hart)).id) : this.atStart();
    });
  }

  /**
   * To the instruction of the thread that came before the one that it stands at.
   * @returns its hart, and whether it trapped; undefined: there is none
   */
  private async before(walker: Walker, hart: TargetHart): Promise<{ hart: TargetHart; trapped: boolean } | undefined> {
    if (!(await this.goBeforeLast(hart.id))) return undefined;
    if (this.stepper.same(walker, hart)) return { hart, trapped: false };
    // Kernel and firmware are entered by a trap from below; from above they are returned to.
    if (walker.privilege !== 0 && hart.privilege < walker.privilege) return { hart, trapped: true };
    const at = await this.beforeTrap(walker);
    return at && { hart: at, trapped: true };
  }

  /** A thread may come to an instruction, trap, and come again, elsewhere even: to where it came first. */
  private async firstAttempt(walker: Walker, hart: TargetHart): Promise<TargetHart> {
    const { pc } = hart;
    for (let at = hart; ; ) {
      const { now } = this.history;
      const before = await this.before(walker, at);
      if (!before?.trapped || before.hart.pc !== pc) {
        await this.goTo(now);
        return at;
      }
      at = before.hart;
    }
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
      const line = await this.lineBefore(walker, hart, lines, into);
      if (!line) return this.atStart();
      await this.goTo(line.steps);
      const first = await this.firstAttempt(walker, line.hart);
      lines.show(first, line);
      return this.stepped(first.id);
    });
  }

  /** The inverse of a step over a line: where the line that came before was begun. @returns undefined: it is not there */
  private async lineBefore(walker: Walker, hart: TargetHart, of: OwnLines, into: boolean): Promise<Begun | undefined> {
    let lines = of;
    let begun: Begun | undefined;
    let steps = 0;
    for (let at: TargetHart | undefined = hart; ; ) {
      const first = await this.firstAttempt(walker, at);
      const [pc, sp] = [first.pc, first.x(SP)];
      at = (await this.before(walker, first))?.hart;
      if (!at) return begun;
      const memory = this.debuggee.memory(at);
      const code = codeAt(memory, at.pc);
      const calls = code && returnOf(code, (n) => at!.x(n)) === pc ? this.callsBefore(pc, memory) : [];
      if (calls.length) {
        const inside = into && !begun ? OwnLines.around(this.debuggee, at, into) : undefined;
        if (inside) lines = inside;
        else at = await this.toLast(walker, calls, (there) => there === sp);
        if (!at) return begun;
      }
      let line = lines.lineAt(at);
      if (begun && line && !isSameLine(line, begun)) return begun;
      // Most lines are begun a few instructions before.
      if (line && !lines.starts.has(at.pc) && ++steps < SINGLE_STEPS) continue;
      if (!line || !lines.starts.has(at.pc)) {
        steps = 0;
        // What lies between is gone over while its stops are not set yet.
        if (!(await this.history.ready(this))) throw new GivenUp();
        at = await this.lastStopIn(walker, lines);
        if (!at) return begun;
        line = lines.lineAt(at);
        if (!line || !lines.starts.has(at.pc)) continue;
        if (begun && !isSameLine(line, begun)) return begun;
      }
      begun = { ...line, hart: at, steps: this.history.now };
    }
  }

  /** To where the thread came last, before here, to where one of the lines begins or a call returned to them. */
  private async lastStopIn(walker: Walker, lines: OwnLines): Promise<TargetHart | undefined> {
    let came: TargetHart | undefined;
    /** The line that the thread is in, on its way from where the search began, and where that is. */
    let run: OwnLine | undefined;
    let steps = 0;
    const accepts = ({ reason, hart: n }: TargetStop): boolean => {
      const at = this.debuggee.target.harts[n];
      if (reason !== 'breakpoint' || !this.stepper.same(walker, at) || !lines.isOnStack(at)) return false;
      if (this.history.now <= steps) run = undefined;
      steps = this.history.now;
      const line = lines.starts.has(at.pc) ? lines.lineAt(at) : undefined;
      const goesOn = line && run && isSameLine(line, run);
      if (line) run = line;
      else if (!lines.returns.has(at.pc)) return false;
      else run = undefined;
      if (goesOn) return false;
      came = at;
      return true;
    };
    const found = await this.runner.withStops(lines.stops, () => this.goToLastStop(accepts));
    return found ? came : undefined;
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
          : await this.toTrap(hart, frame.raw.privilege, caller.raw.privilege);
      return entered ? this.stepped(entered.id) : this.atStart();
    });
  }

  /** The call that returns to an address, as far as instructions tell. */
  private callsBefore(pc: bigint, memory: GuestMemory): bigint[] {
    return [4n, 2n].flatMap((length) => {
      const code = pc >= length ? codeAt(memory, pc - length) : undefined;
      return code && BigInt(code.length) === length && callOf(code) ? [pc - length] : [];
    });
  }

  /** To the last call that returns to where the caller stands. @param cfa the stack pointer at the call, where it is known */
  private toCall(hart: TargetHart, caller: Frame, cfa: bigint | undefined): Promise<TargetHart | undefined> {
    const calls = this.callsBefore(caller.raw.pc, caller.memory);
    if (!calls.length) throw new RequestError('before where this frame returns to there is no call');
    const least = hart.x(SP);
    return this.toLast(this.stepper.walker(hart), calls, (sp) => (cfa === undefined ? sp >= least : sp === cfa));
  }

  /** To where the thread came last to one of the addresses, with a stack pointer that counts. */
  private async toLast(
    walker: Walker,
    addresses: readonly bigint[],
    counts: (sp: bigint) => boolean,
  ): Promise<TargetHart | undefined> {
    let came: TargetHart | undefined;
    const found = await this.runner.withStops(addresses, () =>
      this.goToLastStop(({ reason, hart: n }) => {
        const at = this.debuggee.target.harts[n];
        const is =
          reason === 'breakpoint' && addresses.includes(at.pc) && this.stepper.same(walker, at) && counts(at.x(SP));
        if (is) came = at;
        return is;
      }),
    );
    return found ? came : undefined;
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
      const entered = isThere ? hart : await this.toLast(walker, [entry], (sp) => sp >= least);
      if (!entered) return this.atStart();
      const first = await this.firstAttempt(walker, entered);
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
      if (!(await this.goToLastStop(accepts, listener)) || !last) return this.atStart();
      const { label: description } = wanted;
      return this.told({ stop: { reason: 'exception', hart: last.hart, description, filter: wanted, event: last } });
    });
  }

  /** To before the last trap that took the hart from one privilege to another. */
  private async toTrap(hart: TargetHart, to: number, from: number): Promise<TargetHart | undefined> {
    const { target } = this.debuggee;
    let trapped = false;
    const listener = (event: MachineEvent) => {
      if (event.kind !== 'trap' || event.hart !== hart.id || event.from !== from || event.to !== to) return;
      trapped = true;
      target.stop();
    };
    const found = await this.goToLastStop(
      () => {
        const is = trapped;
        trapped = false;
        return is;
      },
      listener,
      true,
    );
    return found && (await this.goBeforeLast(hart.id)) ? hart : undefined;
  }

  /** To before the instruction that took the thread out of its privilege last. @returns its hart; undefined: there was none */
  private async beforeTrap(walker: Walker): Promise<TargetHart | undefined> {
    const { target } = this.debuggee;
    let trapped: number | undefined;
    const listener = (event: MachineEvent) => {
      if (event.kind !== 'trap' || event.from !== walker.privilege) return;
      if (!this.stepper.isThread(walker, target.harts[event.hart])) return;
      trapped = event.hart;
      target.stop();
    };
    let last: number | undefined;
    const found = await this.goToLastStop(
      () => {
        if (trapped === undefined) return false;
        last = trapped;
        trapped = undefined;
        return true;
      },
      listener,
      true,
    );
    if (!found || last === undefined) return undefined;
    return (await this.goBeforeLast(last)) ? target.harts[last] : undefined;
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
