import { beginsAt, type Debuggee } from './debuggee.js';
import type { Frame, FrameCode } from './frame.js';
import { callOf, codeAt, successors } from './instructions.js';
import { RequestError } from './protocol.js';
import type { StepTarget } from './step-targets.js';
import type { Outcome, Runner } from './runner.js';
import type { Place } from './symbols/places.js';
import type { Image } from './symbols/image.js';
import { holds, rangesOf } from './symbols/ranges.js';
import type { TargetHart } from './target.js';

/** Two threads of a process have stacks at least this far apart, or thread pointers that differ. */
const STACK_REACH = 8n << 20n;
/** A step that ran so many instructions within one line lets messages in, so that it can be paused. */
const PATIENCE = 64;
const SP = 2;
const TP = 4;

/** Who is stepped: a user thread, wherever it runs; or, in kernel and firmware, what runs on a hart. */
export interface Walker {
  readonly hart: number;
  readonly privilege: number;
  readonly satp: bigint;
  readonly tid?: number;
  readonly tp: bigint;
  readonly sp: bigint;
}

/** Steps. A step follows the software thread: it may start on one hart and end on another. */
export class Stepper {
  constructor(
    private readonly debuggee: Debuggee,
    private readonly runner: Runner,
  ) {}

  /** One instruction; `into`: also into traps and calls. */
  async instruction(hart: TargetHart, into: boolean): Promise<Outcome> {
    if (into) return (await this.runner.one(hart)) ?? this.done(hart.id);
    const result = await this.advance(this.walker(hart), hart, true);
    return 'outcome' in result ? result.outcome : this.done(result.hart.id);
  }

  /** To the next line; `into`: also to the first line of a called function that has lines, or of one that was inlined. */
  async line(start: TargetHart, into: boolean): Promise<Outcome> {
    const walker = this.walker(start);
    let hart = start;
    const first = this.place(hart);
    if (!first) return this.instruction(hart, false);
    if (into && first.depth < first.codes.length - 1) {
      // The inlined call begins right here: into it without a step of the hart.
      this.debuggee.choose(hart, first.depth + 1);
      return this.done(hart.id);
    }
    for (let count = 0; ; count++) {
      if (count % PATIENCE === PATIENCE - 1) {
        const interrupted = await this.runner.breathe();
        if (interrupted) return interrupted;
      }
      const code = codeAt(this.debuggee.memory(hart), hart.pc);
      const call = code && callOf(code);
      const sp = hart.x(SP);
      const result = await this.advance(walker, hart, !into);
      if ('outcome' in result) return result.outcome;
      hart = result.hart;
      let here = this.place(hart);
      if (call && into && !here && code) {
        // A function without lines: over it after all.
        const back = await this.reach(walker, [code.pc + BigInt(code.length)], sp);
        if ('outcome' in back) return back.outcome;
        hart = back.hart;
        here = this.place(hart);
      }
      if (hart.privilege !== walker.privilege) return this.done(hart.id);
      if (!here) {
        // Code that the compiler gave no line lies between lines; a function without any ends the step.
        if (this.debuggee.images.of(hart.pc, hart.privilege)?.code.at(hart.pc)) continue;
        return this.done(hart.id);
      }
      const entered = call && into ? here.image.code.at(hart.pc) : undefined;
      if (entered?.low === hart.pc) return this.pastPrologue(walker, hart);
      const depth = stopsAt(first, here, into, hart.pc);
      if (depth === undefined) continue;
      if (here.codes.length) this.debuggee.choose(hart, depth);
      return this.done(hart.id);
    }
  }

  /** Into one of the things on this line: over what comes before it. Where the line is left without it, the step ends there. */
  async target(start: TargetHart, { va, kind }: StepTarget): Promise<Outcome> {
    const walker = this.walker(start);
    let hart = start;
    const range = this.debuggee.images.of(hart.pc, hart.privilege)?.places.lineRange(hart.pc);
    while (hart.pc !== va) {
      const result = await this.advance(walker, hart, true);
      if ('outcome' in result) return result.outcome;
      hart = result.hart;
      if (!range || hart.pc < range.low || hart.pc >= range.high || hart.privilege !== walker.privilege)
        return this.done(hart.id);
      const interrupted = await this.runner.breathe();
      if (interrupted) return interrupted;
    }
    if (kind === 'trap') return (await this.runner.one(hart)) ?? this.done(hart.id);
    const result = await this.advance(walker, hart, false);
    if ('outcome' in result) return result.outcome;
    return this.pastPrologue(walker, result.hart);
  }

  /** The thread has entered a function: on to where its parameters are where the debug information says. */
  private async pastPrologue(walker: Walker, hart: TargetHart): Promise<Outcome> {
    const image = this.debuggee.images.of(hart.pc, hart.privilege);
    const entered = image?.code.at(hart.pc);
    const body = entered?.low === hart.pc ? image!.code.bodyOf(hart.pc) : undefined;
    if (body === undefined || body === hart.pc) return this.done(hart.id);
    const arrived = await this.reach(walker, [body]);
    return 'outcome' in arrived ? arrived.outcome : this.done(arrived.hart.id);
  }

  /** Until the function has returned (one that was inlined: until its code is left), or the trap. @throws RequestError when nobody knows where to */
  async out(hart: TargetHart): Promise<Outcome> {
    const frames = this.debuggee.frames(hart, 2);
    const [frame] = frames;
    const caller = frames.find(({ level }) => level > frame.level);
    if (frame.code?.depth) return this.outOfInlined(hart, frame, caller);
    if (!caller) throw new RequestError('stepOut: no caller of this frame is known');
    const walker = caller.raw.privilege === frame.raw.privilege ? this.walker(hart) : this.callerOf(hart, caller);
    const crossing = caller.raw.privilege !== frame.raw.privilege;
    // After a system call the thread goes on behind the ecall.
    const addresses = crossing ? [caller.raw.pc, caller.raw.pc + 4n] : [caller.raw.pc];
    const result = await this.reach(
      walker,
      addresses,
      crossing ? undefined : (frame.raw.cfa ?? frame.raw.registers[SP]),
    );
    return 'outcome' in result ? result.outcome : this.done(result.hart.id);
  }

  /** To the first line of the function around it that the thread comes to; or out of that too. */
  private async outOfInlined(hart: TargetHart, frame: Frame, caller: Frame | undefined): Promise<Outcome> {
    const { image, code } = frame;
    const inside = rangesOf(code!.scope);
    const outside = image!.places.statements([code!.function]).filter((va) => !holds(inside, image!.linked(va)));
    const back = caller && caller.raw.privilege === frame.raw.privilege ? [caller.raw.pc] : [];
    const result = await this.reach(this.walker(hart), [...outside, ...back], hart.x(SP));
    if ('outcome' in result) return result.outcome;
    const { codes } = this.debuggee.chain(result.hart);
    const next = codes[code!.depth];
    if (next && beginsAt(image!, next, result.hart.pc)) this.debuggee.choose(result.hart, code!.depth - 1);
    return this.done(result.hart.id);
  }

  private done(hart: number): Outcome {
    return this.runner.stopped({ reason: 'step', hart, description: 'Step' });
  }

  walker(hart: TargetHart): Walker {
    return {
      hart: hart.id,
      privilege: hart.privilege,
      satp: hart.csr('satp'),
      tid: this.debuggee.task(hart)?.tid,
      tp: hart.x(TP),
      sp: hart.x(SP),
    };
  }

  private callerOf(hart: TargetHart, caller: Frame): Walker {
    const { registers, privilege } = caller.raw;
    return { ...this.walker(hart), privilege, tp: registers[TP] ?? hart.x(TP), sp: registers[SP] ?? hart.x(SP) };
  }

  /** Is it our thread that stands on this hart? */
  same(walker: Walker, hart: TargetHart): boolean {
    return hart.privilege === walker.privilege && this.isThread(walker, hart);
  }

  /** Are the hart's registers our thread's, whatever mode it is in by now? */
  isThread(walker: Walker, hart: TargetHart): boolean {
    const near = (a: bigint, b: bigint) => (a > b ? a - b : b - a) < STACK_REACH;
    if (walker.privilege !== 0) return hart.id === walker.hart || near(hart.x(SP), walker.sp);
    if (hart.csr('satp') !== walker.satp) return false;
    const tid = this.debuggee.task(hart)?.tid;
    if (tid !== undefined && walker.tid !== undefined) return tid === walker.tid;
    return hart.x(TP) === walker.tp && near(hart.x(SP), walker.sp);
  }

  /** Let the thread do one instruction (`over`: with all that it calls), and whatever traps that takes, on whatever hart it ends. */
  private async advance(
    walker: Walker,
    hart: TargetHart,
    over: boolean,
  ): Promise<{ hart: TargetHart } | { outcome: Outcome }> {
    const code = codeAt(this.debuggee.memory(hart), hart.pc);
    if (!code) {
      const { pc } = hart;
      const outcome = await this.runner.one(hart);
      if (outcome) return { outcome };
      if (walker.privilege !== 0 || hart.privilege === 0) return { hart };
      // Its page is not there yet: the kernel brings it, and the thread comes to the instruction again.
      const again = await this.reach(walker, [pc]);
      return 'outcome' in again ? again : this.advance(walker, again.hart, over);
    }
    const x = (n: number) => hart.x(n);
    if (over && callOf(code)) return this.reach(walker, [code.pc + BigInt(code.length)], hart.x(SP));
    return this.reach(
      { ...walker, privilege: this.privilegeAfter(code.row?.name, hart) },
      successors(code, x, (name) => hart.csr(name)),
    );
  }

  /** Trap returns change the privilege. */
  private privilegeAfter(name: string | undefined, hart: TargetHart): number {
    if (name === 'mret') return Number((hart.csr('mstatus') >> 11n) & 3n);
    if (name === 'sret') return Number((hart.csr('sstatus') >> 8n) & 1n);
    return hart.privilege;
  }

  /** Run until the thread stands at one of the addresses; with `sp`, only in this frame or one that called it. */
  private async reach(
    walker: Walker,
    addresses: readonly bigint[],
    sp?: bigint,
  ): Promise<{ hart: TargetHart } | { outcome: Outcome }> {
    let found: TargetHart | undefined;
    const outcome = await this.runner.until(addresses, (hart) => {
      if (!this.same(walker, hart) || (sp !== undefined && hart.x(SP) < sp)) return false;
      found = hart;
      return true;
    });
    return outcome ? { outcome } : { hart: found! };
  }

  /** Where a hart stands, as its innermost frame that is entered has it; undefined: no line is known. */
  private place(hart: TargetHart): Standing | undefined {
    const { image, codes, depth } = this.debuggee.chain(hart);
    const place = codes.length ? codes[depth].place : image?.places.at(hart.pc);
    return image && place && { ...place, image, codes, depth };
  }
}

type Standing = Place & { readonly image: Image; readonly codes: readonly FrameCode[]; readonly depth: number };

/**
 * Does a step by line from `first` end `here`, and in which of the inlined calls there (as a depth)? A step over a line passes over the calls that
 * were inlined into it, as over others.
 */
function stopsAt(first: Standing, here: Standing, into: boolean, pc: bigint): number | undefined {
  const innermost = here.codes.length - 1;
  const row = here.image.places.rowAt(pc);
  // In the middle of a line the thread only came back from a call: it goes on to the next line's first statement.
  const begins = row?.statement === true && row.address === pc;
  const another = (place: Place | undefined) => !place || place.file !== first.file || place.line !== first.line;
  const [from, to] = [first.codes[0]?.function, here.codes[0]?.function];
  if (here.image !== first.image || !from || !to || from.low !== to.low)
    return (here.image !== first.image || another(here)) && begins ? here.depth : undefined;
  let common = 0;
  while (common <= first.depth && first.codes[common].scope.offset === here.codes[common]?.scope.offset) common++;
  // The frame that the step is in, or what is left of it: the innermost one around both.
  const frame = common - 1;
  const left = common <= first.depth;
  if (innermost === frame) return begins && (left || another(here)) ? frame : undefined;
  // In an inlined call below that frame: it is entered where it begins.
  if (!beginsAt(here.image, here.codes[frame + 1], pc)) return undefined;
  const { place } = here.codes[frame];
  if (left || (place && another(place))) return frame;
  return into ? frame + 1 : undefined;
}
