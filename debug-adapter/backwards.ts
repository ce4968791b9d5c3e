import type { MachineEvent } from '../emulator/events.js';
import type { Debuggee } from './debuggee.js';
import type { GuestMemory } from './guest.js';
import { callOf, codeAt } from './instructions.js';
import { RequestError } from './protocol.js';
import type { Runner } from './runner.js';
import type { Stepper, Walker } from './stepping.js';
import type { TargetHart, TargetHistory, TargetStop } from './target.js';

const SP = 2;

/** The user does not want to wait any longer. */
export class GivenUp extends Error {}

/** Ways back: of the machine, to a place or a stop of the run; of a thread, to what it did before, over traps and from hart to hart. */
export class Backwards {
  constructor(
    readonly debuggee: Debuggee,
    readonly runner: Runner,
    readonly stepper: Stepper,
  ) {}

  /** @throws RequestError where no history is kept */
  get history(): TargetHistory {
    const { history } = this.debuggee.target;
    if (!history) throw new RequestError('nothing was recorded of this run, so there is no way back');
    return history;
  }

  /** As a way (history.ts) has it. */
  readonly breathe = () => this.runner.wantsToStop();

  /** @throws GivenUp */
  async goTo(steps: number): Promise<void> {
    if (!(await this.history.goTo(steps, this))) throw new GivenUp();
  }

  /** To before the last thing that a hart did. @returns false: there is nothing. @throws GivenUp */
  async goBeforeLast(hart: number): Promise<boolean> {
    const gone = await this.history.goBeforeLast(hart, this);
    if (gone === 'given up') throw new GivenUp();
    return gone;
  }

  /** @throws GivenUp */
  async goToLastStop(
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

  /**
   * To the instruction of the thread that came before the one that it stands at.
   * @returns its hart, and whether it trapped; undefined: there is none
   */
  async before(walker: Walker, hart: TargetHart): Promise<{ hart: TargetHart; trapped: boolean } | undefined> {
    if (!(await this.goBeforeLast(hart.id))) return undefined;
    if (this.stepper.same(walker, hart)) return { hart, trapped: false };
    // Kernel and firmware are entered by a trap from below; from above they are returned to.
    if (walker.privilege !== 0 && hart.privilege < walker.privilege) return { hart, trapped: true };
    const at = await this.beforeTrap(walker);
    return at && { hart: at, trapped: true };
  }

  /** A thread may come to an instruction, trap, and come again, elsewhere even: to where it came first. */
  async firstAttempt(walker: Walker, hart: TargetHart): Promise<TargetHart> {
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

  /** The call that returns to an address, as far as instructions tell. */
  callsBefore(pc: bigint, memory: GuestMemory): bigint[] {
    return [4n, 2n].flatMap((length) => {
      const code = pc >= length ? codeAt(memory, pc - length) : undefined;
      return code && BigInt(code.length) === length && callOf(code) ? [pc - length] : [];
    });
  }

  /** To where the thread came last to one of the addresses, with a stack pointer that counts. */
  async toLast(
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

  /** To before the last trap that took the hart from one privilege to another. */
  async toTrap(hart: TargetHart, to: number, from: number): Promise<TargetHart | undefined> {
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
  async beforeTrap(walker: Walker): Promise<TargetHart | undefined> {
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
}
