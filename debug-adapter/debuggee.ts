import type { Context } from './expressions/evaluate.js';
import type { Place, Value } from './expressions/value.js';
import type { Frame, FrameCode } from './frame.js';
import { GuestMemory } from './guest.js';
import { type Images, privilegeNames } from './images.js';
import { callOf, codeAt } from './instructions.js';
import { At } from './symbols/dwarf.js';
import type { Image } from './symbols/image.js';
import { rangesOf } from './symbols/ranges.js';
import type { CType } from './symbols/types.js';
import { type RawFrame, unwind } from './symbols/unwind.js';
import type { Target, TargetHart } from './target.js';
import { type Task, Tasks } from './tasks.js';
import { localValue } from './values/locals.js';
import { vectorContents } from './values/saved-vector.js';
import { vectorTypeOf } from './values/vector-register.js';
import { isThere } from '../emulator/trip.js';
import { VECTOR } from '../isa/classes.js';
import { registerNamed } from '../isa/registers.js';
import { unitValue } from './values/unit.js';
import { registerOf, vValue } from './values/registers.js';

/** The deepest stack that is shown. */
const MOST_FRAMES = 200;
const modeNames: Readonly<
  Record<number, { status: string; from: (status: bigint) => number; vector: string; scratch: string; epc: string }>
> = {
  1: {
    status: 'sstatus',
    from: (status) => Number((status >> 8n) & 1n),
    vector: 'stvec',
    scratch: 'sscratch',
    epc: 'sepc',
  },
  3: {
    status: 'mstatus',
    from: (status) => Number((status >> 11n) & 3n),
    vector: 'mtvec',
    scratch: 'mscratch',
    epc: 'mepc',
  },
};

/** Is the address the first of an inlined call's code? */
export function beginsAt(image: Image, { scope }: FrameCode, pc: bigint): boolean {
  const linked = image.linked(pc);
  const [first] = rangesOf(scope);
  const entry = scope.get(At.entryPc);
  // A constant counts from the first address (DWARF 5, section 2.18).
  const at = entry?.is === 'number' ? first && first.low + entry.value : (scope.number(At.entryPc) ?? first?.low);
  return at === linked;
}

/** The machine with what is known of the code that runs on it: frames, tasks, names. Looks, never runs anything. */
export class Debuggee {
  private readonly tasks: Tasks;
  /** The kernel says a task's name where it runs; on an accelerator hart it is remembered. */
  private readonly names = new Map<number, string>();

  constructor(
    readonly target: Target,
    readonly images: Images,
  ) {
    this.tasks = new Tasks(images);
  }

  /** Bytes of a vector register where they are longest. */
  get longestVector(): number {
    return Math.max(...this.target.harts.map(({ vlenb }) => vlenb));
  }

  memory(hart: TargetHart, privilege = hart.privilege): GuestMemory {
    return new GuestMemory(this.target, hart, privilege);
  }

  /** The task that a hart runs: on an accelerator hart the one that travelled there, else the one that the kernel says. */
  task(hart: TargetHart): Task | undefined {
    const visitor = this.target.migrations.taskOn(hart.id) ?? this.leaving(hart);
    if (visitor)
      return { tid: visitor.tid, name: this.names.get(visitor.tid) ?? '', vector: visitor.saves.get(VECTOR) };
    const task = this.tasks.current(hart.id, this.memory(hart, 1));
    if (task) this.names.set(task.tid, task.name);
    return task;
  }

  /** A task's name, as far as it was ever seen; else empty. */
  nameOf(tid: number): string {
    return this.names.get(tid) ?? '';
  }
  learnName(tid: number, name: string): void {
    this.names.set(tid, name);
  }

  /** The task that the firmware of an accelerator hart is sending back just now. */
  private leaving(hart: TargetHart) {
    if (hart.privilege !== 3 || hart.idle) return undefined;
    return this.target.migrations.tasks.find((task) => task.state === 'left' && task.hart === hart.id);
  }

  /** `hart 2 · rv64gcv · U · task 7 dgemm`. */
  threadName(hart: TargetHart): string {
    const task = this.task(hart);
    // Our kernel without a task looks for one: that is its idle loop, whether it waits just now or not.
    const doing = task
      ? `${this.isSent(task, hart) ? 'sent ' : ''}task ${task.tid} ${task.name}`.trimEnd()
      : hart.idle || (hart.privilege === 1 && this.tasks.known)
        ? 'idle'
        : undefined;
    const isa = hart.isa.text;
    const parts = [`hart ${hart.id}`, isa, privilegeNames[hart.privilege], ...(doing ? [doing] : [])];
    return [...parts, ...(hart.frozen ? ['frozen'] : [])].join(' · ');
  }

  /** A kernel that has sent a task away still counts it as its current one for a while. */
  isSent(task: Task, hart: TargetHart): boolean {
    const record = this.target.migrations.task(task.tid);
    return record !== undefined && isThere(record.state) && record.hart !== hart.id;
  }

  /** The frames of a hart, the innermost first. */
  frames(hart: TargetHart, limit = MOST_FRAMES): Frame[] {
    const innermost: RawFrame = {
      pc: hart.pc,
      privilege: hart.privilege,
      registers: Array.from({ length: 32 }, (_, n) => hart.x(n)),
      exact: true,
    };
    const task = this.task(hart);
    const memories = new Map<number, GuestMemory>();
    const memory = (privilege: number) => {
      if (!memories.has(privilege)) memories.set(privilege, this.memory(hart, privilege));
      return memories.get(privilege)!;
    };
    const raw = unwind(
      innermost,
      {
        imageOf: (pc, privilege) => this.images.of(pc, privilege),
        read: (va, privilege) => memory(privilege).word(va),
        privilegeOf: (pc) => this.images.privilegeOf(pc),
        // kernel/signal-frame.c
        signalReturn: this.images.kernel?.declared.constant('TRAMPOLINE'),
        trap: (privilege) => this.trap(hart, privilege),
        callBefore: (returnAddress, privilege) => {
          for (const length of [4n, 2n]) {
            if (returnAddress < length) continue;
            const code = codeAt(memory(privilege), returnAddress - length);
            const before = returnAddress >= 8n ? codeAt(memory(privilege), returnAddress - 8n) : undefined;
            const call =
              code && BigInt(code.length) === length ? callOf(code, length === 4n ? before : undefined) : undefined;
            if (call) return call;
          }
          return undefined;
        },
      },
      Math.min(limit, MOST_FRAMES),
    );
    const frames: Frame[] = [];
    // Callers first, since frames know them.
    for (let level = raw.length - 1; level >= 0; level--) {
      const frame = raw[level];
      const image = this.images.of(frame.pc, frame.privilege);
      const below = frames[0];
      const caller = (): Frame | undefined => {
        const found =
          below ??
          (limit < MOST_FRAMES ? this.frames(hart, level + 2).findLast((each) => each.level > level) : undefined);
        return found?.raw.privilege === frame.privilege ? found : undefined;
      };
      const base: Frame = {
        hart,
        raw: frame,
        level,
        memory: memory(frame.privilege),
        image,
        caller,
        ...(task && { task }),
      };
      const chain = image ? this.codeAt(image, frame.exact ? frame.pc : frame.pc - 1n) : [];
      const shown = level === 0 ? chain.slice(0, chain.length - this.hidden(hart, image, chain)) : chain;
      frames.unshift(...(shown.length ? shown.map((code) => ({ ...base, code })).reverse() : [base]));
    }
    return frames;
  }

  /** The function at an address, and the calls inlined there, from outside in; none where the debug information knows no function. */
  private codeAt(image: Image, pc: bigint): FrameCode[] {
    const standing = image.code.standingAt(pc);
    if (!standing) return [];
    const { function: fn, inlined, places } = standing;
    return [
      { name: fn.name, function: fn, scope: fn.die, depth: 0, place: places[0] },
      ...inlined.map(({ name, die }, n) => ({ name, function: fn, scope: die, depth: n + 1, place: places[n + 1] })),
    ];
  }

  /** Where it was chosen how many inlined calls, that begin at the very instruction where a hart stands, are entered already. */
  private chosen?: { readonly hart: number; readonly pc: bigint; readonly time: number; readonly depth: number };

  /**
   * Inlined calls that begin where a hart stands are not entered yet, as with other calls: they are no frames until a step goes into them, or a
   * breakpoint in them is hit.
   */
  private hidden(hart: TargetHart, image: Image | undefined, chain: readonly FrameCode[]): number {
    const chosen = this.chosen;
    if (chosen && chosen.hart === hart.id && chosen.pc === hart.pc && chosen.time === hart.time)
      return Math.max(0, chain.length - 1 - chosen.depth);
    let hidden = 0;
    while (hidden < chain.length - 1 && image && beginsAt(image, chain[chain.length - 1 - hidden], hart.pc)) hidden++;
    return hidden;
  }

  /** Of the inlined calls that begin where the hart stands, take those up to `depth` as entered. */
  choose(hart: TargetHart, depth: number): void {
    this.chosen = { hart: hart.id, pc: hart.pc, time: hart.time, depth };
  }

  /** A breakpoint for one of these lines is met: the frame that is in that line is the innermost. */
  meet(hart: TargetHart, lines: readonly (number | undefined)[]): void {
    const chain = this.chain(hart);
    const depth = chain.codes.findLastIndex(({ place }) => place && lines.includes(place.line));
    const own = chain.codes[depth + 1];
    if (depth >= 0 && (!own || (chain.image && beginsAt(chain.image, own, hart.pc)))) this.choose(hart, depth);
  }

  /** Where a hart stands: the function and the inlined calls, and which of them is the innermost that is entered. */
  chain(hart: TargetHart): { image?: Image; codes: FrameCode[]; depth: number } {
    const image = this.images.of(hart.pc, hart.privilege);
    const codes = image ? this.codeAt(image, hart.pc) : [];
    return { image, codes, depth: codes.length - 1 - this.hidden(hart, image, codes) };
  }

  /** The innermost frame alone. */
  innermost(hart: TargetHart): Frame {
    return this.frames(hart, 1)[0];
  }

  private trap(hart: TargetHart, privilege: number) {
    const mode = modeNames[privilege];
    if (!mode) return undefined;
    const [vector, epc] = [hart.csr(mode.vector) & ~3n, hart.csr(mode.epc)];
    // Nothing has trapped yet.
    if (vector === 0n || epc === 0n) return undefined;
    return { vector, scratch: hart.csr(mode.scratch), epc, from: mode.from(hart.csr(mode.status)) };
  }

  /** The address that stands for a frame in tables: of a call, the call itself and not what comes after. */
  static lookupPc({ raw }: Frame): bigint {
    return raw.exact ? raw.pc : raw.pc - 1n;
  }

  symbolize(va: bigint, privilege: number): string | undefined {
    return this.images.symbolize(va, privilege);
  }

  /** Names and memory for expressions in a frame. `more`: further names, without `$`. */
  context(frame: Frame, more: Readonly<Record<string, Value>> = {}): Context {
    const { images } = this;
    return {
      register: (name) =>
        Object.hasOwn(more, name) ? more[name] : (this.travelled(frame, name) ?? registerOf(frame, name)),
      local: (name) => localValue(frame, name),
      symbol: (name) => images.symbol(name, frame.raw.privilege),
      memory: (va) => this.memoryAt(frame, va).place(va),
      type: (name): CType | undefined => {
        const [kind, tag] = name.split(' ');
        const tagged = (kind === 'struct' || kind === 'union') && tag !== undefined;
        for (const image of images.all) {
          const found = tagged ? image.declared.struct(tag) : image.declared.namedType(name);
          if (found) return found;
        }
        return undefined;
      },
    };
  }

  /** A register of an extension's unit, or a vector register of a thread whose hart has none: as it is saved, or where the thread's state is live. */
  private travelled(frame: Frame, name: string): Value | undefined {
    const ofUnit = unitValue(name, frame, this);
    if (ofUnit) return ofUnit;
    const register = frame.hart.vlenb ? undefined : registerNamed(name);
    const contents = register?.class === 'v' ? vectorContents(frame, this) : undefined;
    // To be watched, it is the thread's register, wherever it lies now.
    const place = (n: number): Place => ({
      ...contents!.place(n),
      register: { hart: frame.hart.id, file: 'v', number: n, offset: 0 },
    });
    return contents && vValue(register!.number, contents.vlenb, vectorTypeOf(contents.vtype), place);
  }

  /** Memory as the frame sees it; the kernel's and firmware's own variables as those see them. */
  memoryAt(frame: Frame, va: bigint): GuestMemory {
    if (frame.raw.privilege !== 0) return frame.memory;
    const privilege = this.images.program.covers(va) ? 0 : (this.images.privilegeOf(va) ?? 0);
    return privilege === 0 ? frame.memory : this.memory(frame.hart, privilege);
  }
}
