/** Who ran on a hart: firmware, the kernel, nobody, or a thread of the guest, known again wherever it runs. */
import { rootOf } from '../hart/translation.js';

export interface Actor {
  readonly kind: 'firmware' | 'kernel' | 'idle' | 'thread';
  /** Of a thread: its tid and name, once known. */
  task?: number;
  name?: string;
}

/** The actors that every machine has, by number. */
export const FIRMWARE = 0;
export const KERNEL = 1;
export const IDLE = 2;

/** The registers that tell threads apart. */
export interface Registers {
  readonly satp: bigint;
  readonly tp: bigint;
  readonly sp: bigint;
}

/** What a kernel's own structures say of the thread that a hart is about to run. */
export type Identify = (hart: number) => { readonly task: number; readonly name: string } | undefined;

/** Ways to know a thread that are remembered. */
const MOST_KEYS = 65_536;

export class Actors {
  readonly list: Actor[] = [{ kind: 'firmware' }, { kind: 'kernel' }, { kind: 'idle' }];
  private readonly byKey = new Map<string, number>();
  private readonly byTask = new Map<number, number>();

  /** The thread that enters user mode. */
  entering(registers: Registers, hart: number, identify: Identify | undefined): number {
    const key = keyOf(registers);
    let actor = this.byKey.get(key);
    if (actor === undefined) {
      const who = identify?.(hart);
      actor = who ? this.ofTask(who.task, who.name) : this.list.push({ kind: 'thread' }) - 1;
      this.remember(key, actor);
    }
    return actor;
  }

  /** A thread leaves user mode with these registers: it comes back with them. */
  leaving(registers: Registers, actor: number): void {
    if (registers.tp === 0n) this.remember(keyOf(registers), actor);
  }

  /** A thread that turns out to be this task's. @returns the actor that it is: another one where a stack has a new owner */
  named(actor: number, task: number, registers: Registers): number {
    const known = this.list[actor]!;
    if (known.task === task) return actor;
    if (known.task === undefined && !this.byTask.has(task)) {
      known.task = task;
      this.byTask.set(task, actor);
      return actor;
    }
    const other = this.ofTask(task);
    this.remember(keyOf(registers), other);
    return other;
  }

  private ofTask(task: number, name?: string): number {
    let actor = this.byTask.get(task);
    if (actor === undefined) {
      actor = this.list.push({ kind: 'thread', task }) - 1;
      this.byTask.set(task, actor);
    }
    if (name) this.list[actor]!.name ??= name;
    return actor;
  }

  private remember(key: string, actor: number): void {
    if (this.byKey.size >= MOST_KEYS) this.byKey.clear();
    this.byKey.set(key, actor);
  }
}

/** The thread pointer, where one is set; else the stack, which a thread has to itself. */
const keyOf = ({ satp, tp, sp }: Registers) => `${rootOf(satp)} ${tp || `stack ${sp}`}`;
