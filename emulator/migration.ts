/**
 * Which thread goes where: migration steps recognised in the event stream (docs/migration.md). Only architecture and the SBI extension
 * are looked at, no symbol and no memory of any firmware or kernel but the frame that the call names. A thread is known
 * again by its address space, stack and thread pointer, which travel with it unchanged.
 */
import { classOf, outboundReason } from '../isa/classes.js';
import { causes, interrupts } from '../isa/csrs.js';
import type { LeaveReason, MachineEvent, MigrationEvent, SbiEvent, SbiReturnEvent, TrapEvent } from './events.js';
import type { Hart } from './hart/hart.js';
import { M, S, U } from './hart/modes.js';
import { longs } from './hart/words.js';
import {
  asks,
  holdsRegisters,
  isThere,
  lacks,
  leaveReason,
  type Migration,
  moveReason,
  type Question,
  read,
  same,
  type TaskRecord,
  threadOn,
  type Trip,
  type TripState,
} from './trip.js';

/** The SBI extension of the migration ABI (firmware/include/migration.h). */
const EXTENSION = 0x084d4947;
const MIGRATE = 3;
const QUEUE_FULL = -1004n;
const DUPLICATE = -1003n;

export class MigrationTracker {
  private readonly byTid = new Map<number, Trip>();
  /** Those that are not at home. */
  private readonly travelling = new Set<Trip>();
  private crossings: Migration[] = [];
  private asked: Question[] = [];
  private steps: MigrationEvent[] = [];
  /** Harts whose kernel is in the handler that takes threads back. */
  private readonly serving = new Set<number>();

  constructor(private readonly harts: readonly Hart[]) {}

  /** Every crossing so far, in order. */
  get list(): readonly Migration[] {
    return this.crossings;
  }
  /** Every question so far, in order. */
  get questions(): readonly Question[] {
    return this.asked;
  }
  /** Tasks that have asked to migrate. */
  get tasks(): readonly TaskRecord[] {
    return [...this.byTid.values()];
  }
  task(tid: number): TaskRecord | undefined {
    return this.byTid.get(tid);
  }
  /** The task that an accelerator hart has: it runs there in user mode, or firmware has it in hand. */
  taskOn(hart: number): TaskRecord | undefined {
    return [...this.travelling].find((task) => task.hart === hart && isThere(task.state));
  }

  reset(): void {
    this.byTid.clear();
    this.travelling.clear();
    this.serving.clear();
    // New ones: what was saved keeps the old ones.
    this.crossings = [];
    this.asked = [];
  }

  save() {
    const { crossings, asked } = this;
    const known = [...this.byTid.values()].map((trip) => ({
      trip: copyOf(trip),
      steps: trip.history.length,
      // One that has no answer yet may get one later.
      question: trip.question?.answered === undefined ? asked.lastIndexOf(trip.question!) : -1,
    }));
    const travelling = [...this.travelling].map(({ tid }) => tid);
    const serving = [...this.serving];
    return { known, travelling, serving, crossings, asked, counts: [crossings.length, asked.length] as const };
  }
  restore({ known, travelling, serving, crossings, asked, counts }: ReturnType<MigrationTracker['save']>): void {
    this.reset();
    this.crossings = crossings.slice(0, counts[0]);
    this.asked = asked.slice(0, counts[1]);
    for (const { trip, steps, question } of known) {
      const now = { ...copyOf(trip), history: trip.history.slice(0, steps) };
      if (question >= 0) now.question = this.asked[question] = { ...this.asked[question]!, answered: undefined };
      this.byTid.set(now.tid, now);
    }
    for (const tid of travelling) this.travelling.add(this.byTid.get(tid)!);
    for (const hart of serving) this.serving.add(hart);
  }

  /** Is a thread under way? Then the events of every hart tell of it. */
  get travel(): boolean {
    return this.travelling.size > 0;
  }

  /** Do a hart's returns from traps mean anything now? */
  heedsReturns(hart: number): boolean {
    return this.travel || this.serving.has(hart);
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
        if (event.to === U && this.travelling.size) {
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

  // Out

  /** The kernel asks for a thread to be taken: its registers stand in the frame. */
  private called({ hart: origin, cycle, args }: SbiEvent, hart: Hart): void {
    const [wanted, satp, tid, frame, save, flags] = args as [bigint, bigint, bigint, bigint, bigint, bigint];
    const word = (n: number) => read(hart, frame + BigInt(8 * n)) ?? 0n;
    const thread = { satp, pc: word(0), sp: word(2), tp: word(4) };
    const before = this.byTid.get(Number(tid));
    const trip: Trip = {
      tid: Number(tid),
      satp,
      state: 'calling',
      hart: origin,
      origin,
      class: Number(wanted),
      outbound: moveReason(hart, Number(wanted), thread, flags, !before || before.state === 'home'),
      frame,
      saves: new Map([...(before?.saves ?? []), [Number(wanted), save]]),
      reason: undefined,
      history: before?.history ?? [],
      thread,
      callPc: thread.pc,
      flags,
      why: 'recall',
      question: undefined,
      asked: false,
      announced: false,
      before,
    };
    this.byTid.set(trip.tid, trip);
    if (before) this.travelling.delete(before);
    this.travelling.add(trip);
    this.step(trip, { step: 'sbi-migrate', hart: origin, cycle, pc: thread.pc, from: origin, reason: trip.outbound });
  }

  private answered({ hart, cycle, error }: SbiReturnEvent): void {
    // The thread may have arrived before the call returns: the other hart is told first.
    const task = this.inState('calling', 'away', 'leaving', 'asking', 'left').findLast(
      ({ origin, history }) => origin === hart && lastCall(history) === 'sbi-migrate',
    );
    if (!task) return;
    const { callPc: pc, before, outbound: reason } = task;
    if (error === DUPLICATE && before) {
      this.home(task);
      this.byTid.set(task.tid, before);
      if (before.state !== 'home') this.travelling.add(before);
      return;
    }
    this.settle(task, cycle);
    if (error === 0n) {
      if (task.state === 'calling') task.state = 'queued';
      this.step(task, { step: 'enqueue', hart, cycle, pc, from: hart, reason });
      return;
    }
    this.home(task);
    if (error === QUEUE_FULL) this.step(task, { step: 'queue-full', hart, cycle, pc, from: hart, reason });
  }

  /** It was not away when it was sent: if nothing was heard of its coming back from the trip before, it came back unheard. */
  private settle(task: Trip, cycle: number): void {
    const { before } = task;
    task.before = undefined;
    if (before && ['leaving', 'asking', 'left'].includes(before.state)) this.comeBack(before, cycle);
  }

  /** mret to user mode: a thread arrives, or goes on after what was not for it, or was answered. */
  private entered(pc: bigint, cycle: number, hart: Hart): void {
    const now = threadOn(hart, pc);
    const held = this.inState('leaving', 'asking').filter((task) => task.hart === hart.id);
    const here = held.find(({ thread }) => same(thread, now));
    if (here) {
      const { state, origin: from, why: reason, question } = here;
      here.state = 'away';
      if (state === 'leaving') return;
      if (question) question.answered = cycle;
      this.step(here, { step: 'answer', hart: hart.id, cycle, pc, from, to: hart.id, reason });
      return;
    }
    // Of this very address space. Threads may share a stack and stand at one instruction: then all registers tell. Where these don't it is
    // the youngest, for a process that was ended while a thread of it was queued leaves its trip here, and another of the same program
    // may get its page table, its addresses and its registers.
    const possible = this.inState('calling', 'queued').filter(
      ({ thread }) => thread.satp === now.satp && same(thread, now) && thread.pc === pc,
    );
    const exact = possible.length > 1 ? possible.findLast(({ frame }) => holdsRegisters(hart, frame)) : undefined;
    const task = exact ?? possible.at(-1);
    if (!task) return;
    for (const other of held) this.left(other, other.why, cycle);
    this.settle(task, cycle);
    task.state = 'away';
    task.hart = hart.id;
    const { tid, origin: from, outbound: reason } = task;
    this.crossings.push({ task: tid, way: 'out', from, to: hart.id, pc, reason, cycle });
    this.step(task, { step: 'arrive', hart: hart.id, cycle, pc, from, to: hart.id, reason });
  }

  // There

  private trapped(event: TrapEvent, hart: Hart): void {
    const { cause, cycle, pc } = event;
    if (event.from === U && event.to === M) {
      const task = this.inState('away').find((each) => each.hart === hart.id);
      if (task) {
        this.stopped(task, event, hart);
        return;
      }
    }
    // To firmware, which redirects it, or to the kernel at once.
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

  /** A trap of a thread on an accelerator hart. What it means may show only by what comes next. */
  private stopped(task: Trip, { cause, cycle, pc, interrupt }: TrapEvent, hart: Hart): void {
    task.thread = threadOn(hart, pc);
    task.why = interrupt ? 'recall' : leaveReason(cause);
    if (interrupt || cause === causes.hint) task.state = 'leaving';
    else if (asks(task, task.why)) this.ask(task, cycle);
    else this.left(task, task.why, cycle);
  }

  private ask(task: Trip, cycle: number): void {
    const { hart, origin: to, tid, why: reason, thread } = task;
    task.state = 'asking';
    task.asked = false;
    task.question = { task: tid, hart, pc: thread.pc, reason, cycle, answered: undefined };
    this.asked.push(task.question);
    this.step(task, { step: 'ask', hart, cycle, pc: thread.pc, from: hart, to, reason });
  }

  // And back

  /** A software interrupt or an announcement from an accelerator hart to the hart that a thread came from: it asks, or it returns. */
  private announced(from: number, to: number, cycle: number): void {
    for (const task of this.inState('leaving', 'asking', 'left')) {
      if (task.hart !== from || task.origin !== to) continue;
      if (task.state === 'asking' && !task.asked) {
        task.asked = true;
        continue;
      }
      if (task.state !== 'left') this.left(task, task.why, cycle);
      task.announced = true;
    }
  }

  private left(task: Trip, reason: LeaveReason, cycle: number): void {
    task.state = 'left';
    task.reason = reason;
    const { hart: from, origin: to, tid } = task;
    const { pc } = task.thread;
    this.crossings.push({ task: tid, way: 'back', from, to, pc, reason, cycle });
    this.step(task, { step: 'leave', hart: from, cycle, pc, from, to, reason });
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

  private comeBack(task: Trip, cycle: number): void {
    if (task.state !== 'left') this.left(task, task.why, cycle);
    const { hart: from, origin: to } = task;
    task.state = 'returned';
    task.hart = to;
    this.step(task, { step: 'return', hart: to, cycle, pc: task.thread.pc, from, to, ...because(task) });
  }

  /** sret to user mode: the thread goes on where it came from, or on another hart of the kernel. */
  private resumed(pc: bigint, cycle: number, hart: Hart): void {
    const candidates = this.inState('queued', 'returned', 'left', 'leaving', 'asking');
    if (candidates.length === 0) return;
    const now = threadOn(hart, pc);
    const task = candidates.find(({ state, thread }) => same(thread, now) && (state !== 'queued' || thread.pc === pc));
    if (!task) return;
    // Firmware took it out of its queue again: it never left, so nothing ends.
    if (task.state === 'queued') {
      this.home(task);
      return;
    }
    // A kernel that looks into its ring without being told.
    if (task.state !== 'returned') this.comeBack(task, cycle);
    this.home(task);
    this.step(task, { step: 'resume', hart: hart.id, cycle, pc, from: task.hart, to: hart.id, ...because(task) });
    task.hart = hart.id;
  }

  private home(task: Trip): void {
    task.state = 'home';
    this.travelling.delete(task);
  }

  private inState(...states: TripState[]): Trip[] {
    const found: Trip[] = [];
    for (const task of this.travelling) if (states.includes(task.state)) found.push(task);
    return found;
  }

  private step(task: Trip, step: Omit<MigrationEvent, 'kind' | 'task' | 'satp'>): void {
    const event: MigrationEvent = { kind: 'migration', task: task.tid, satp: task.satp, ...step };
    task.history.push(event);
    this.emit(event);
  }
  private emit(event: MigrationEvent): void {
    this.steps.push(event);
  }
}

const because = ({ reason }: TaskRecord) => (reason ? { reason } : {});

/** The last step that a call or its answer was: an unanswered call is `sbi-migrate`. */
const lastCall = (history: readonly MigrationEvent[]) =>
  history.findLast(({ step }) => step === 'sbi-migrate' || step === 'enqueue' || step === 'queue-full')?.step;

const copyOf = (trip: Trip): Trip => ({ ...trip, before: trip.before && { ...trip.before } });
