/** What the debugger asks of a machine; emulator/machine.ts gives it. Kept apart so that parts can be tested with less than a machine. */
import type { MachineEvent, MigrationEvent } from '../emulator/events.js';
import type { TripState } from '../emulator/trip.js';
import type { Noted } from '../emulator/history/history.js';
import type { Input } from '../emulator/history/inputs.js';
import type { PlacedUnit } from '../emulator/units.js';
import type { RegisterWatch } from '../emulator/register-watches.js';
import type { WatchHit, Watchpoint } from '../emulator/watchpoints.js';

export interface TargetHart {
  readonly id: number;
  readonly isa: { readonly text: string; readonly extensions: ReadonlySet<string>; readonly vlen: number };
  x(n: number): bigint;
  setX(n: number, value: bigint): void;
  /** The raw 64 bits. */
  f(n: number): bigint;
  setF(n: number, bits: bigint): void;
  readonly pc: bigint;
  setPc(pc: bigint): void;
  readonly privilege: number;
  csr(which: string | number): bigint;
  setCsr(which: string | number, value: bigint): void;
  /** The bytes of a vector register, to read. */
  vectorBytes(n: number): Uint8Array;
  /** Write bytes of the vector registers, which lie one after the other. @throws RangeError outside them */
  setVectorBytes(offset: number, bytes: Uint8Array): void;
  readonly vtype: bigint;
  readonly vl: number;
  readonly vstart: number;
  readonly vlenb: number;
  /** Register n of a unit, in the order in which they are declared. */
  unitWord(unit: PlacedUnit, n: number): bigint;
  setUnitWord(unit: PlacedUnit, n: number, value: bigint): void;
  /** Cycles since reset. */
  readonly time: number;
  /** Instructions retired since reset. */
  readonly instret: number;
  readonly idle: boolean;
  /** It gets no turns. */
  readonly frozen: boolean;
}

export interface TargetStop {
  /** As the machine's; end: of the recording that is run again; input: nothing runs on until the program has some (program-input.ts). */
  readonly reason: 'end' | 'input' | 'budget' | 'breakpoint' | 'watchpoint' | 'stopped' | 'power' | 'deadlock';
  readonly hart: number;
  readonly breakpoint?: number;
  /** What the last instruction did that is watched for; also where the reason is another. */
  readonly watched?: readonly WatchHit[];
  readonly status?: number;
}

/** A task that has asked to migrate. */
export interface TargetTask {
  readonly tid: number;
  readonly satp: bigint;
  readonly state: TripState;
  readonly hart: number;
  readonly origin: number;
  /** The number of the class that it asked for last; addresses of its save areas, by class. */
  readonly class: number;
  readonly saves: ReadonlyMap<number, bigint>;
  readonly outbound: string;
  readonly reason: string | undefined;
  readonly history: readonly MigrationEvent[];
}

/** On the way to another place: hears what happens, and is asked now and then whether to give up. */
interface Way {
  readonly listener?: (event: MachineEvent) => void;
  readonly breathe?: () => Promise<boolean>;
  /** What stopped the machine when it came to `before` counts, other than a breakpoint there. */
  readonly arriving?: boolean;
}

/** The run so far, to go back in (emulator/history/history.ts). Places are steps from the machine's reset. */
export interface TargetHistory {
  /** For a listener of events: before what it hears of. */
  readonly now: number;
  readonly start: number;
  readonly end: number;
  /** Does what happens now happen for the first time? */
  readonly isNew: boolean;
  readonly inputs: readonly Noted[];
  /** @returns false: `breathe` gave up */
  ready(way?: Way): Promise<boolean>;
  /** Give the machine something from outside, and remember it. */
  input(input: Input): void;
  /** @returns false: `breathe` gave up, and the machine stands where it stood */
  goTo(steps: number, way?: Way): Promise<boolean>;
  /** To where a hart has lived through so many cycles; `steps`: a place not long before. */
  goToTime(steps: number, hart: number, cycle: number, way?: Way): Promise<boolean>;
  goBeforeLast(hart: number, way?: Way): Promise<boolean | 'given up'>;
  goToLastStop(
    before: number,
    way: Way,
    accepts: (stop: TargetStop) => boolean,
  ): Promise<TargetStop | undefined | 'given up'>;
}

export interface Target {
  /** Absent where nothing is recorded. */
  readonly history?: TargetHistory;
  readonly migrations: {
    readonly tasks: readonly TargetTask[];
    task(tid: number): TargetTask | undefined;
    taskOn(hart: number): TargetTask | undefined;
  };
  readonly harts: readonly TargetHart[];
  /** What the chip's description says of them. */
  readonly soc: { readonly harts: readonly { readonly role: 'application' | 'accelerator' | undefined }[] };
  /** The mailbox device, where the chip has one. */
  readonly mailbox?: { waitingWords(hart: number): bigint[]; readonly slots: number };
  readonly memory: { read(pa: number, length: number): Uint8Array; write(pa: number, bytes: Uint8Array): void };
  readonly events: { on(listener: (event: MachineEvent) => void): () => void };
  readonly breakpoints: { add(where: { va: bigint; satp?: bigint }): number; remove(id: number): void };
  readonly watchpoints: {
    add(where: Watchpoint): number;
    addRegister(watch: RegisterWatch): number;
    remove(id: number): boolean;
  };
  readVirtual(hart: number, va: bigint, length: number, satp?: bigint): Uint8Array;
  writeVirtual(hart: number, va: bigint, bytes: Uint8Array, satp?: bigint): unknown;
  run(budgetInstructions: number): TargetStop;
  stepHart(hart: number): TargetStop;
  stop(): void;
  /** Give a hart no turns, or turns again. An input of the run: it happens again after going back. */
  freeze(hart: number, on: boolean): void;
}
