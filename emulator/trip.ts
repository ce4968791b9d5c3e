/** What is known of a thread that moves between harts, and how it is known again; migration.ts keeps it. */
import { belongsTo, classNames, outboundReason } from '../isa/classes.js';
import { causes } from '../isa/csrs.js';
import { needsOf } from '../isa/needs.js';
import { satisfied } from '../isa/requires.js';
import type { LeaveReason, MigrationEvent, MoveReason } from './events.js';
import type { Hart } from './hart/hart.js';
import { S } from './hart/modes.js';
import { probe, rootOf } from './hart/translation.js';
import { longs } from './hart/words.js';

/** What tells threads apart: address space, stack and thread pointer travel unchanged. */
export interface Thread {
  readonly satp: bigint;
  readonly pc: bigint;
  readonly sp: bigint;
  readonly tp: bigint;
}

/**
 * Where a task is on its trip. `leaving`: firmware of the accelerator hart has it in hand (an interrupt, a hint), and it may yet go on there;
 * `asking`: it waits there until the kernel has served its system call or page fault.
 */
export type TripState = 'calling' | 'queued' | 'away' | 'leaving' | 'asking' | 'left' | 'returned' | 'home';

/** Does an accelerator hart hold the registers of the task's class? */
export const isThere = (state: TripState) => state === 'away' || state === 'leaving' || state === 'asking';

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
  /** Why it went out last. */
  readonly outbound: MoveReason;
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
  readonly way: 'out' | 'back';
  readonly from: number;
  readonly to: number;
  readonly pc: bigint;
  readonly reason: MoveReason | LeaveReason;
  readonly cycle: number;
}

/** One question that a thread asked without leaving, as the JSON report lists it. */
export interface Question {
  readonly task: number;
  /** The accelerator hart. */
  readonly hart: number;
  readonly pc: bigint;
  readonly reason: LeaveReason;
  readonly cycle: number;
  /** When the thread went on there; undefined when it came home instead, or waits. */
  answered: number | undefined;
}

/** A task with what only the tracker needs. */
export interface Trip extends TaskRecord {
  thread: Thread;
  /** Where the thread wants to go on there. */
  readonly callPc: bigint;
  /** enum mig_flags of the call. */
  readonly flags: bigint;
  /** Why it leaves, if it does: of one that is `leaving` or `asking`. */
  why: LeaveReason;
  question: Question | undefined;
  /** The home hart was told of the question. */
  asked: boolean;
  /** Firmware of the origin hart has had occasion to hear that the thread comes. */
  announced: boolean;
  /** What was known before a call that has no answer yet: still true when firmware refuses it, because the thread is away already. */
  before: Trip | undefined;
}

/** Of enum mig_flags (firmware/include/migration.h). */
const ASK_FOR_CALLS = 4n;
const ASK_FOR_FAULTS = 8n;
const GUEST = 16n;

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
  [causes.hint]: 'hint',
};
/** Why a thread leaves that trapped with this cause. */
export const leaveReason = (cause: number): LeaveReason => reasons[cause] ?? 'access-fault';

/** Does the thread ask, rather than come home, for this? */
export const asks = ({ flags }: Trip, why: LeaveReason): boolean =>
  (why === 'syscall' && (flags & ASK_FOR_CALLS) !== 0n) || (why === 'page-fault' && (flags & ASK_FOR_FAULTS) !== 0n);

/** The thread whose registers the hart has. */
export function threadOn(hart: Hart, pc: bigint): Thread {
  return { satp: hart.long(longs.satp), pc, sp: hart.x(2), tp: hart.x(4) };
}
export const same = (a: Thread, b: Thread) => rootOf(a.satp) === rootOf(b.satp) && a.sp === b.sp && a.tp === b.tp;

/** A double-word at a virtual address of the hart's supervisor. */
export function read(hart: Hart, va: bigint): bigint | undefined {
  const { memory } = hart;
  const pa = probe(hart, va, undefined, S);
  return memory.inRam(pa, 8) ? memory.view.getBigUint64(memory.at(pa), true) : undefined;
}

/** Are the hart's integer registers those of a frame that its supervisor sees there? */
export function holdsRegisters(hart: Hart, frame: bigint): boolean {
  for (let n = 1; n < 32; n++) if (read(hart, frame + BigInt(8 * n)) !== hart.x(n)) return false;
  return true;
}

/** Is this the instruction of an extension that the hart lacks and another may have? */
export function lacks(hart: Hart, bits: bigint): boolean {
  const needed = needsOf(Number(bits & 0xffff_ffffn));
  return !!needed && !satisfied(needed, (extension) => hart.has(extension));
}

/**
 * Why a thread goes out.
 * @param ahead it was not on its way back: then its next instruction shows whether it goes because it must
 */
export function moveReason(hart: Hart, wanted: number, thread: Thread, flags: bigint, ahead: boolean): MoveReason {
  if (flags & GUEST) return 'guest';
  const name = classNames[wanted];
  if (!ahead || name === undefined) return outboundReason(name);
  const half = (va: bigint) => {
    const pa = probe(hart, va, undefined, undefined, thread.satp);
    return hart.memory.inRam(pa, 2) ? hart.memory.view.getUint16(hart.memory.at(pa), true) : undefined;
  };
  const [low, high] = [half(thread.pc), half(thread.pc + 2n)];
  // A class has no compressed instructions.
  const word = low === undefined ? undefined : (low | ((high ?? 0) << 16)) >>> 0;
  return word === undefined || belongsTo(name, needsOf(word) ?? []) ? outboundReason(name) : 'hint';
}
