/** The one stream of what the machine did. Debugger, timeline, trace files and statistics all read it. */

import { outboundReasons } from '../isa/classes.js';

export type Privilege = 0 | 1 | 3;

interface At {
  readonly hart: number;
  /** The hart's own time, in cycles since reset. */
  readonly cycle: number;
}

/**
 * Why a thread went to an accelerator hart: for an instruction of its class; ahead of one, since that was hinted at; as a guest, which a hart that nothing
 * else wants takes in. With `LeaveReason` the `reason` of the JSON report.
 */
export type MoveReason = (typeof moveReasons)[number];
export const moveReasons = [...outboundReasons, 'hint', 'guest'] as const;

/** Why a thread left an accelerator hart. */
export type LeaveReason = (typeof leaveReasons)[number];
export const leaveReasons = [
  'syscall',
  'page-fault',
  'illegal',
  'breakpoint',
  'misaligned',
  'access-fault',
  'recall',
  'hint',
] as const;

/** A trap was taken: the hart is now at the handler. */
export interface TrapEvent extends At {
  readonly kind: 'trap';
  readonly interrupt: boolean;
  readonly cause: number;
  readonly tval: bigint;
  /** Address of the instruction that trapped or was interrupted. */
  readonly pc: bigint;
  readonly from: Privilege;
  readonly to: Privilege;
}

/** Machine mode took a trap and has no handler: mtvec is 0. The `trap` itself is told before. */
export interface LostEvent extends Omit<TrapEvent, 'kind'> {
  readonly kind: 'lost';
}

/** mret or sret. */
export interface TrapReturnEvent extends At {
  readonly kind: 'trap-return';
  readonly pc: bigint;
  readonly from: Privilege;
  readonly to: Privilege;
}

/** An ecall from S-mode: the arguments as they stood. Comes before its `trap`. */
export interface SbiEvent extends At {
  readonly kind: 'sbi';
  readonly extension: number;
  readonly fid: number;
  readonly args: readonly bigint[];
}

/** The answer of an SBI call, seen at the return to S-mode. */
export interface SbiReturnEvent extends At {
  readonly kind: 'sbi-return';
  readonly extension: number;
  readonly fid: number;
  readonly error: bigint;
  readonly value: bigint;
}

/** A software interrupt was raised on `target` (a store to its MSIP word). */
export interface IpiEvent extends At {
  readonly kind: 'ipi';
  readonly target: number;
}

/** The supervisor took a pending interrupt back through sip: it has heard of it, with a trap or without. */
export interface AcknowledgeEvent extends At {
  readonly kind: 'acknowledge';
  readonly interrupt: number;
}

/** Time has passed for the hart without instructions: it waited for an interrupt (WFI), or was frozen. */
export interface WaitEvent extends At {
  readonly kind: 'wait';
  /** The hart's time when it began. */
  readonly since: number;
}

export interface FenceEvent extends At {
  readonly kind: 'fence';
  readonly what: 'fence.i' | 'sfence.vma';
}

/** satp was written with another value. */
export interface AddressSpaceEvent extends At {
  readonly kind: 'address-space';
  readonly satp: bigint;
}

/** The guest wrote to its console. */
export interface ConsoleEvent extends At {
  readonly kind: 'console';
  readonly byte: number;
}

/** The guest asked for power-off (status 0 is success) or a reset. */
export interface PowerEvent extends At {
  readonly kind: 'power';
  readonly what: 'off' | 'reset';
  readonly status: number;
}

/** In the order of a trip; on the accelerator hart a thread may ask, and be answered, any number of times. */
export type MigrationStep =
  | 'illegal'
  | 'sbi-migrate'
  | 'queue-full'
  | 'enqueue'
  | 'arrive'
  | 'ask'
  | 'answer'
  | 'leave'
  | 'return'
  | 'resume';

/**
 * A step of a migration (docs/migration.md): recognised from architecture, so it also works with other firmware and kernels.
 * `task` is the tid of the sbi-migrate call, or -1 before one was seen.
 */
export interface MigrationEvent extends At {
  readonly kind: 'migration';
  readonly step: MigrationStep;
  readonly task: number;
  /** The thread's pc in its own address space. */
  readonly pc: bigint;
  readonly satp: bigint;
  /** The hart that the thread comes from and goes to, where known. */
  readonly from?: number;
  readonly to?: number;
  readonly reason?: MoveReason | LeaveReason;
}

export type MachineEvent =
  | TrapEvent
  | LostEvent
  | TrapReturnEvent
  | SbiEvent
  | SbiReturnEvent
  | IpiEvent
  | AcknowledgeEvent
  | WaitEvent
  | FenceEvent
  | AddressSpaceEvent
  | ConsoleEvent
  | PowerEvent
  | MigrationEvent;
