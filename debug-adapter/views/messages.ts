/**
 * What the views of the debug sidebar ask of the debug adapter, beside DAP's own requests, and what they get. Types only: the editor's side
 * imports this file.
 */
import type { DebugProtocol as P } from '@vscode/debugprotocol';

/** A place in the code. */
export interface CodePlace {
  /** As it is looked up: `0x10078`. */
  readonly pc: string;
  /** `loop+8`. */
  readonly symbol?: string;
  readonly source?: P.Source;
  readonly line?: number;
}

// harthop/harts

export interface HartsBody {
  readonly harts: readonly HartLine[];
}

export interface HartLine {
  readonly id: number;
  readonly isa: string;
  /** Bits of a vector register; 0 without vectors. */
  readonly vlen: number;
  /** What firmware uses it for; absent where nobody says. */
  readonly role?: 'application' | 'accelerator';
  /** `U`, `S` or `M`. */
  readonly privilege: string;
  /** It waits for an interrupt. */
  readonly idle: boolean;
  readonly frozen: boolean;
  /** `sent`: the kernel here still counts it as its own, but it is on another hart already. */
  readonly task?: { readonly tid: number; readonly name: string; readonly sent: boolean };
  /** Share of the cycles in which it did not wait, from 0 to 1: since reset, and since the run was last let go. */
  readonly load: number;
  readonly recentLoad?: number;
}

// harthop/freeze

export interface FreezeArguments {
  /** Harts by number. A frozen hart gets no turns. */
  readonly freeze?: readonly number[];
  readonly thaw?: readonly number[];
}

// harthop/tasks

export interface TasksBody {
  /** Whose list it is: the kernel's table, or only threads that were seen migrating (a kernel whose structures are not known). */
  readonly from: 'kernel' | 'migrations';
  /** What the user should know of the list. */
  readonly note?: string;
  readonly tasks: readonly TaskLine[];
}

/** Where a task is. `asleep` and `ready` are the kernel's words; the rest are places of a trip (docs/migration.md). */
export type TaskPlace =
  | 'running'
  | 'ready'
  | 'asleep'
  | 'outbound'
  | 'queued'
  | 'away'
  | 'asking'
  | 'returning'
  | 'ended';

export interface TaskLine {
  readonly tid: number;
  readonly name: string;
  /** Of its process. */
  readonly pid?: number;
  readonly place: TaskPlace;
  /** The same in words: `on hart 2 (rv64gcv_zvl256b)`. */
  readonly where: string;
  /** The hart that has it or had it last. */
  readonly hart?: number;
  /** Are its registers in that hart now? */
  readonly onHart: boolean;
  /** Where its user code stands. */
  readonly code?: CodePlace;
  /** The word of its saved vector state, with its meaning; or why nobody knows. */
  readonly vector: { readonly word: string; readonly meaning: string } | { readonly unknown: string };
  readonly trips: number;
  /** Returns by reason. */
  readonly returns: Readonly<Record<string, number>>;
  readonly questions: number;
  /** Its last moves, the oldest first. */
  readonly moves: readonly MoveLine[];
}

export interface MoveLine {
  readonly way: 'out' | 'back' | 'asks';
  readonly from?: number;
  readonly to?: number;
  readonly reason: string;
  /** Of the hart where it happened. */
  readonly cycle: number;
  readonly code: CodePlace;
}

// harthop/focus and harthop/nextMigration

export interface FocusArguments {
  readonly threadId: number;
}

export interface NextMigrationArguments {
  readonly tid: number;
}

// harthop/queues

export interface QueuesBody {
  /** What can't be read, and why. */
  readonly notes: readonly string[];
  readonly queues: readonly QueueLine[];
}

export interface QueueLine {
  /** Stays the same from stop to stop. */
  readonly id: string;
  /** `hart 2: inbound (fifo)`. */
  readonly name: string;
  readonly kind: 'inbound' | 'completions' | 'outbound';
  /** What it is, in a sentence. */
  readonly about: string;
  /** Places, where they are limited. */
  readonly places?: number;
  readonly entries: readonly QueueEntry[];
}

export interface QueueEntry {
  readonly tid: number;
  /** The task's name, where it is known. */
  readonly name?: string;
  /** The rest in words: `vector, from hart 0`. */
  readonly text: string;
  readonly details: readonly string[];
}
