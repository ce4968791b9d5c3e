import type { MachineEvent } from '../emulator/events.js';
import type { Debuggee } from './debuggee.js';
import { RequestError } from './protocol.js';
import type { Outcome, Runner } from './runner.js';
import type { Stepper, Walker } from './stepping.js';
import type { TargetHart, TargetHistory } from './target.js';

/** Statements at which a step back may end; of programs with more, only those of the functions on the stack. */
const MOST_STATEMENTS = 4000;

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

  /** To the last breakpoint, or what a filter stops at; else to the start. */
  async toLastStop(): Promise<Outcome> {
    const { history } = this;
    let found: Outcome | undefined;
    const stop = await history.goToLastStop(
      history.now,
      { listener: (event) => this.runner.hear(event), breathe: () => this.runner.wantsToStop() },
      (each) => {
        const outcome = this.runner.judgeAgain(each);
        if (outcome) found = outcome;
        return !!outcome;
      },
    );
    if (stop === 'given up') return this.runner.pausedNow();
    return stop && found ? this.told(found) : this.atStart();
  }

  /** To a place in the run, behind or ahead. @throws RequestError where the run has not been there */
  async to(steps: number, hart: TargetHart): Promise<Outcome> {
    const { history } = this;
    if (!(await history.goTo(steps, { breathe: () => this.runner.wantsToStop() }))) return this.runner.pausedNow();
    return this.told({ stop: { reason: 'goto', hart: hart.id, description: `At step ${steps} of the run` } });
  }

  /**
   * To a time of a hart.
   * @param there a hart that runs then, and a place not long before
   */
  async toTime(cycle: number, there: { hart: number; steps: number }, hart: TargetHart): Promise<Outcome> {
    const way = { breathe: () => this.runner.wantsToStop() };
    if (!(await this.history.goToTime(there.steps, there.hart, cycle, way))) return this.runner.pausedNow();
    return this.told({ stop: { reason: 'goto', hart: hart.id, description: `At cycle ${cycle} of the run` } });
  }

  /** One instruction of the hart's thread; `into`: whatever the hart did last, in firmware and kernel too. */
  async instruction(hart: TargetHart, into: boolean): Promise<Outcome> {
    const walker = this.stepper.walker(hart);
    if (into) return (await this.history.goBeforeLast(hart.id)) ? this.stepped(hart.id) : this.atStart();
    // Whatever was at the same instruction before is the same one, which trapped then and was done again.
    const first = await this.firstAttempt(walker, hart);
    const before = await this.before(walker, first);
    return before ? this.stepped((await this.firstAttempt(walker, before.hart)).id) : this.atStart();
  }

  /**
   * To the instruction of the thread that came before the one that it stands at.
   * @returns its hart, and whether it trapped; undefined: there is none
   */
  private async before(walker: Walker, hart: TargetHart): Promise<{ hart: TargetHart; trapped: boolean } | undefined> {
    if (!(await this.history.goBeforeLast(hart.id))) return undefined;
    if (this.stepper.same(walker, hart)) return { hart, trapped: false };
    const at = await this.beforeTrap(walker);
    return at && { hart: at, trapped: true };
  }

  /** A thread may come to an instruction, trap, and come again, elsewhere even: to where it came first. */
  private async firstAttempt(walker: Walker, hart: TargetHart): Promise<TargetHart> {
    if (walker.privilege !== 0) return hart;
    const { pc } = hart;
    for (let at = hart; ; ) {
      const { now } = this.history;
      const before = await this.before(walker, at);
      if (!before?.trapped || before.hart.pc !== pc) {
        await this.history.goTo(now);
        return at;
      }
      at = before.hart;
    }
  }

  /** To the start of the line that the thread was in before; not into functions that it called. */
  async line(hart: TargetHart): Promise<Outcome> {
    const frames = this.debuggee.frames(hart).filter(({ raw }) => raw.privilege === hart.privilege);
    const image = frames[0]?.image;
    if (!image?.placeAt(hart.pc)) return this.instruction(hart, false);
    const own = frames.flatMap((frame) => (frame.image === image ? [image.functionAt(frame.raw.pc)] : []));
    const statements = image.statements(own);
    if (statements.length === 0 || statements.length > MOST_STATEMENTS) return this.instruction(hart, false);
    const starts = new Set(statements);
    const walker = this.stepper.walker(hart);
    const sp = hart.x(2);
    const { history } = this;
    await this.firstAttempt(walker, hart);
    let ended: TargetHart | undefined;
    const stop = await this.runner.withStops(statements, () =>
      history.goToLastStop(history.now, { breathe: () => this.runner.wantsToStop() }, ({ reason, hart: n }) => {
        const at = this.debuggee.target.harts[n];
        const counts = reason === 'breakpoint' && starts.has(at.pc) && this.stepper.same(walker, at) && at.x(2) >= sp;
        if (counts) ended = at;
        return counts;
      }),
    );
    if (stop === 'given up') return this.runner.pausedNow();
    return stop && ended ? this.stepped((await this.firstAttempt(walker, ended)).id) : this.atStart();
  }

  /** To before the instruction that took the thread out of user mode last. @returns its hart; undefined: there was none */
  private async beforeTrap(walker: Walker): Promise<TargetHart | undefined> {
    const { history } = this;
    const { target } = this.debuggee;
    let trapped: number | undefined;
    const listener = (event: MachineEvent) => {
      if (event.kind !== 'trap' || event.from !== 0) return;
      if (!this.stepper.isThread(walker, target.harts[event.hart])) return;
      trapped = event.hart;
      target.stop();
    };
    let last: number | undefined;
    const stop = await history.goToLastStop(history.now, { listener }, () => {
      if (trapped === undefined) return false;
      last = trapped;
      trapped = undefined;
      return true;
    });
    if (!stop || stop === 'given up' || last === undefined) return undefined;
    return (await history.goBeforeLast(last)) ? target.harts[last] : undefined;
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
