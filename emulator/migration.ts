/**
 * Which thread goes where: migration steps recognised in the event stream (docs/migration.md). Only architecture and the SBI extension
 * are looked at, no symbol and no memory of any firmware or kernel but the frame that the call names. A thread is known
 * again by its address space, stack and thread pointer, which travel with it unchanged.
 */
import { classNames, classOf, type OutboundReason, outboundReason } from '../isa/classes.js';
import { causes, interrupts } from '../isa/csrs.js';
import { needsOf } from '../isa/needs.js';
import { satisfied } from '../isa/requires.js';
import type { LeaveReason, MachineEvent, MigrationEvent, SbiEvent, SbiReturnEvent, TrapEvent } from './events.js';
import type { Hart } from './hart/hart.js';
import { M, S, U } from './hart/modes.js';
import { probe, rootOf } from './hart/translation.js';
import { longs } from './hart/words.js';

/** The SBI extension of the migration ABI (firmware/include/migration.h). */
const EXTENSION = 0x084d4947;
const MIGRATE = 3;
const QUEUE_FULL = -1004n;
const DUPLICATE = -1003n;

/** What tells threads apart. */
interface Thread {
  readonly satp: bigint;
  readonly pc: bigint;
  readonly sp: bigint;
  readonly tp: bigint;
}

/** Where a task is on its trip. `leaving`: an interrupt took it out of user mode on the accelerator hart, and it may yet go on there. */
export type TripState = 'calling' | 'queued' | 'away' | 'leaving' | 'left' | 'returned' | 'home';

/** All that is known of a task that has asked to migrate. */
export interface TaskRecord {
  readonly tid: number;
  satp: bigint;
  state: TripState;
  /** Where it is, or was last seen. */
  hart: number;
  /** The hart whose kernel sent it, and gets it back. */
  origin: number;
  /** The class that it asked for last, by number. */
  readonly class: number;
  /** Supervisor addresses given in the calls: scalar frame, and a save area for each class, by number. */
  frame: bigint;
  readonly saves: ReadonlyMap<number, bigint>;
  /** Why it left last. */
  reason: LeaveReason | undefined;
  readonly history: MigrationEvent[];
}

/** One crossing, as the JSON report lists it. */
export interface Migration {
  readonly task: number;
  readonly from: number;
  readonly to: number;
  readonly pc: bigint;
  readonly reason: OutboundReason | LeaveReason;
  readonly cycle: number;
}

interface Known extends TaskRecord {
  thread: Thread;
  /** Where the thread wants to go on there. */
  readonly callPc: bigint;
  /** Firmware of the origin hart has had occasion to hear that the thread comes. */
  announced: boolean;
  /** What was known before a call that has no answer yet: still true when firmware refuses it, because the thread is away already. */
  before: Known | undefined;
}

const reasons: Readonly<Record<number, LeaveReason>> = {
  [causes.fetchMisaligned]: 'misaligned',
  [causes.fetchAccess]: 'access-fault',
  [causes.illegal]: 'illegal',
  [causes.breakpoint]: 'breakpoint',
  [causes.loadMisaligned]: 'misaligned',
  [causes.loadAccess]: 'access-fault',
  [causes.storeMisaligned]: 'misaligned',
  [causes.storeAccess]: 'access-fault',
  [causes.ecallU]: 'syscall',
  [causes.fetchPage]: 'page-fault',
  [causes.loadPage]: 'page-fault',
  [causes.storePage]: 'page-fault',
};

export class MigrationTracker {
  private readonly byTid = new Map<number, Known>();
  private readonly crossings: Migration[] = [];
  private steps: MigrationEvent[] = [];
  /** Harts whose kernel is in the handler that takes threads back. */
  private readonly serving = new Set<number>();

  constructor(private readonly harts: readonly Hart[]) {}

  /** Every crossing so far, in order. */
  get list(): readonly Migration[] {
    return this.crossings;
  }
  /** Tasks that have asked to migrate. */
  get tasks(): readonly TaskRecord[] {
    return [...this.byTid.values()];
  }
  task(tid: number): TaskRecord | undefined {
    return this.byTid.get(tid);
  }
  /** The task that runs in user mode on this hart after a migration. */
  taskOn(hart: number): TaskRecord | undefined {
    return this.inState('away', 'leaving').find((task) => task.hart === hart);
  }

  reset(): void {
    this.byTid.clear();
    this.serving.clear();
    this.crossings.length = 0;
  }

  /** Take note of an event. @returns the migration steps that it completes */
  see(event: MachineEvent): readonly MigrationEvent[] {
    this.steps = [];
    const hart = this.harts[event.hart]!;
    switch (event.kind) {
      case 'trap':
        this.trapped(event, hart);
        break;
      case 'trap-return':
        if (event.to === U) {
          if (event.from === M) this.entered(event.pc, event.cycle, hart);
          else this.resumed(event.pc, event.cycle, hart);
        }
        if (event.from === S) this.serving.delete(event.hart);
        // A thread handed back while the kernel is at it already needs no further interrupt.
        else if (event.to === S && this.serving.has(event.hart)) this.returned(hart, event.cycle);
        break;
      case 'sbi':
        if (event.extension === EXTENSION && event.fid === MIGRATE) this.called(event, hart);
        break;
      case 'sbi-return':
        if (event.extension === EXTENSION && event.fid === MIGRATE) this.answered(event);
        break;
      case 'acknowledge':
        this.heard(event.interrupt, hart, event.cycle);
        break;
      case 'ipi':
        this.announced(event.hart, event.target, event.cycle);
        break;
    }
    return this.steps;
  }

  /** The kernel asks for a thread to be taken: its registers stand in the frame. */
  private called({ hart: origin, cycle, args }: SbiEvent, hart: Hart): void {
    const [wanted, satp, tid, frame, save] = args as [bigint, bigint, bigint, bigint, bigint];
    const word = (n: number) => read(hart, frame + BigInt(8 * n)) ?? 0n;
    const thread = { satp, pc: word(0), sp: word(2), tp: word(4) };
    const task = Number(tid);
    const before = this.byTid.get(task);
    const known: Known = {
      tid: task,
      satp,
      state: 'calling',
      hart: origin,
      origin,
      class: Number(wanted),
      frame,
      saves: new Map([...(before?.saves ?? []), [Number(wanted), save]]),
      reason: undefined,
      history: before?.history ?? [],
      thread,
      callPc: thread.pc,
      announced: false,
      before,
    };
    this.byTid.set(task, known);
    this.step(known, { step: 'sbi-migrate', hart: origin, cycle, pc: thread.pc, from: origin, ...outbound(known) });
  }

  private answered({ hart, cycle, error }: SbiReturnEvent): void {
    // The thread may have arrived before the call returns: the other hart is told first.
    const task = this.inState('calling', 'away', 'leaving', 'left').findLast(
      ({ origin, history }) => origin === hart && lastCall(history) === 'sbi-migrate',
    );
    if (!task) return;
    const { callPc: pc, before } = task;
    task.before = undefined;
    if (error === 0n) {
      if (task.state === 'calling') task.state = 'queued';
      this.step(task, { step: 'enqueue', hart, cycle, pc, from: hart, ...outbound(task) });
    } else {
      task.state = 'home';
      if (error === DUPLICATE && before) this.byTid.set(task.tid, before);
      if (error === QUEUE_FULL) this.step(task, { step: 'queue-full', hart, cycle, pc, from: hart, ...outbound(task) });
    }
  }

  /** mret to user mode: a thread arrives, or goes on after an interrupt that was not for it. */
  private entered(pc: bigint, cycle: number, hart: Hart): void {
    const now = threadOn(hart, pc);
    const here = this.inState('leaving', 'left').find((task) => task.hart === hart.id && same(task.thread, now));
    if (here?.state === 'leaving') {
      here.state = 'away';
      return;
    }
    const task = this.inState('calling', 'queued').find(({ thread }) => same(thread, now) && thread.pc === pc);
    if (!task) return;
    for (const other of this.inState('leaving')) if (other.hart === hart.id) this.left(other, 'recall', cycle);
    task.state = 'away';
    task.hart = hart.id;
    const { origin } = task;
    this.crossings.push({ task: task.tid, from: origin, to: hart.id, pc, ...outbound(task), cycle });
    this.step(task, { step: 'arrive', hart: hart.id, cycle, pc, from: origin, to: hart.id, ...outbound(task) });
  }

  private trapped(event: TrapEvent, hart: Hart): void {
    const { cause, cycle, pc } = event;
    if (event.from === U && event.to === M) {
      const task = this.inState('away').find((each) => each.hart === hart.id);
      if (task) {
        task.thread = threadOn(hart, pc);
        if (event.interrupt) task.state = 'leaving';
        else this.left(task, reasons[cause] ?? 'access-fault', cycle);
        return;
      }
    }
    if (event.from === U && !event.interrupt && cause === causes.illegal && lacks(hart, event.tval)) {
      const name = classOf(Number(event.tval & 0xffff_ffffn));
      this.emit({
        kind: 'migration',
        step: 'illegal',
        hart: hart.id,
        cycle,
        task: -1,
        pc,
        satp: hart.long(longs.satp),
        from: hart.id,
        ...(name && { reason: outboundReason(name) }),
      });
    }
    // Firmware may serve several completions at one entry, whatever announced them.
    if (event.to === M) for (const each of this.inState('left')) if (each.origin === hart.id) each.announced = true;
    if (event.interrupt && event.to === S) this.heard(cause, hart, cycle);
  }

  /** The kernel takes an interrupt, by a trap or by looking for it: is it the one that announces threads? */
  private heard(interrupt: number, hart: Hart, cycle: number): void {
    if (interrupt !== interrupts.LI16 && interrupt !== interrupts.SSI) return;
    // Where 16 is pending too, the software interrupt is about something else.
    if (interrupt === interrupts.SSI && (hart.pending >> interrupts.LI16) & 1) return;
    this.serving.add(hart.id);
    this.returned(hart, cycle);
  }

  /** The kernel hears of the threads that firmware has handed back to this hart. */
  private returned(hart: Hart, cycle: number): void {
    for (const task of this.inState('left')) if (task.origin === hart.id && task.announced) this.comeBack(task, cycle);
  }

  private comeBack(task: Known, cycle: number): void {
    const { hart: from, origin: to } = task;
    task.state = 'returned';
    task.hart = to;
    this.step(task, { step: 'return', hart: to, cycle, pc: task.thread.pc, from, to, ...because(task) });
  }

  /** A software interrupt from an accelerator hart to the hart that a thread came from: the thread returns. */
  private announced(from: number, to: number, cycle: number): void {
    for (const task of this.inState('leaving', 'left')) {
      if (task.hart !== from || task.origin !== to) continue;
      if (task.state === 'leaving') this.left(task, 'recall', cycle);
      task.announced = true;
    }
  }

  private left(task: Known, reason: LeaveReason, cycle: number): void {
    task.state = 'left';
    task.reason = reason;
    const { hart: from, origin: to, tid } = task;
    const { pc } = task.thread;
    this.crossings.push({ task: tid, from, to, pc, reason, cycle });
    this.step(task, { step: 'leave', hart: from, cycle, pc, from, to, reason });
  }

  /** sret to user mode: the thread goes on where it came from, or on another hart of the kernel. */
  private resumed(pc: bigint, cycle: number, hart: Hart): void {
    const candidates = this.inState('returned', 'left');
    if (candidates.length === 0) return;
    const now = threadOn(hart, pc);
    const task = candidates.find(({ thread }) => same(thread, now));
    if (!task) return;
    if (task.state === 'left') this.comeBack(task, cycle); // a kernel that looks into its ring without being told
    task.state = 'home';
    this.step(task, { step: 'resume', hart: hart.id, cycle, pc, from: task.hart, to: hart.id, ...because(task) });
    task.hart = hart.id;
  }

  private inState(...states: TripState[]): Known[] {
    return [...this.byTid.values()].filter(({ state }) => states.includes(state));
  }

  private step(task: Known, step: Omit<MigrationEvent, 'kind' | 'task' | 'satp'>): void {
    const event: MigrationEvent = { kind: 'migration', task: task.tid, satp: task.satp, ...step };
    task.history.push(event);
    this.emit(event);
  }
  private emit(event: MigrationEvent): void {
    this.steps.push(event);
  }
}

/** Why the task went out: for the class that it asked for. */
const outbound = (task: TaskRecord) => ({ reason: outboundReason(classNames[task.class]) });

const because = ({ reason }: TaskRecord) => (reason ? { reason } : {});

/** The last step that a call or its answer was: an unanswered call is `sbi-migrate`. */
const lastCall = (history: readonly MigrationEvent[]) =>
  history.findLast(({ step }) => step === 'sbi-migrate' || step === 'enqueue' || step === 'queue-full')?.step;

/** The thread whose registers the hart has. */
function threadOn(hart: Hart, pc: bigint): Thread {
  return { satp: hart.long(longs.satp), pc, sp: hart.x(2), tp: hart.x(4) };
}
const same = (a: Thread, b: Thread) => rootOf(a.satp) === rootOf(b.satp) && a.sp === b.sp && a.tp === b.tp;

/** A double-word at a virtual address of the hart's supervisor. */
function read(hart: Hart, va: bigint): bigint | undefined {
  const { memory } = hart;
  const pa = probe(hart, va, undefined, S);
  return memory.inRam(pa, 8) ? memory.view.getBigUint64(memory.at(pa), true) : undefined;
}

/** Is this the instruction of an extension that the hart lacks and another may have? */
function lacks(hart: Hart, bits: bigint): boolean {
  const needed = needsOf(Number(bits & 0xffff_ffffn));
  return !!needed && !satisfied(needed, (extension) => hart.has(extension));
}
