import type { Context } from './expressions/evaluate.js';
import type { Value } from './expressions/value.js';
import type { Frame } from './frame.js';
import { GuestMemory } from './guest.js';
import { type Images, privilegeNames } from './images.js';
import { callOf, codeAt } from './instructions.js';
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
      ? `${this.away(task, hart)}task ${task.tid} ${task.name}`.trimEnd()
      : hart.idle || (hart.privilege === 1 && this.tasks.known)
        ? 'idle'
        : undefined;
    const isa = hart.isa.text;
    const parts = [`hart ${hart.id}`, isa, privilegeNames[hart.privilege], ...(doing ? [doing] : [])];
    return [...parts, ...(hart.frozen ? ['frozen'] : [])].join(' · ');
  }

  /** A kernel that has sent a task away still counts it as its current one for a while. */
  private away(task: Task, hart: TargetHart): string {
    const record = this.target.migrations.task(task.tid);
    return record && isThere(record.state) && record.hart !== hart.id ? 'sent ' : '';
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
    return raw.map((frame, level) => ({
      hart,
      raw: frame,
      level,
      memory: memory(frame.privilege),
      image: this.images.of(frame.pc, frame.privilege),
      ...(task && { task }),
    }));
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
        if (kind !== 'struct' && kind !== 'union') return undefined;
        for (const image of images.all) {
          const found = image.struct(tag);
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
    return contents && vValue(register!.number, contents.vlenb, vectorTypeOf(contents.vtype), contents.place);
  }

  /** Memory as the frame sees it; the kernel's and firmware's own variables as those see them. */
  memoryAt(frame: Frame, va: bigint): GuestMemory {
    if (frame.raw.privilege !== 0) return frame.memory;
    const privilege = this.images.program.covers(va) ? 0 : (this.images.privilegeOf(va) ?? 0);
    return privilege === 0 ? frame.memory : this.memory(frame.hart, privilege);
  }
}
