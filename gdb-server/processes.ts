/**
 * The harts as GDB is told of them: threads of one process, or of one process for each kind of hart. GDB has one description of registers for a
 * process, so in the latter each kind has what it really has.
 */
import type { TargetHart } from '../debug-adapter/target.js';
import { Registers } from './registers.js';

/** An inferior, as GDB calls it. */
export interface Process {
  readonly pid: number;
  readonly harts: readonly TargetHart[];
  readonly registers: Registers;
  /** The target description. */
  readonly description: Uint8Array;
}

export class Processes {
  readonly all: readonly Process[];
  /** Those that the client has attached to. Of the others it is told nothing. */
  readonly attached: Set<Process>;

  /**
   * @param isNamed threads are named with their process (GDB manual, "multiprocess extensions")
   * @param first the hart whose process the client finds attached
   */
  constructor(
    private readonly harts: readonly TargetHart[],
    readonly isNamed: boolean,
    byKind: boolean,
    first: TargetHart,
  ) {
    const kinds = new Map<string, TargetHart[]>();
    for (const hart of harts) {
      const kind = byKind ? `${hart.isa.text} ${hart.vlenb}` : '';
      kinds.set(kind, [...(kinds.get(kind) ?? []), hart]);
    }
    this.all = [...kinds.values()].map((own, n) => {
      const registers = new Registers(own);
      return { pid: n + 1, harts: own, registers, description: new TextEncoder().encode(registers.description) };
    });
    this.attached = new Set([this.of(first)]);
  }

  /** The harts that the client knows of. */
  get known(): readonly TargetHart[] {
    return this.harts.filter((hart) => this.isKnown(hart));
  }
  isKnown(hart: TargetHart): boolean {
    return this.attached.has(this.of(hart));
  }

  of(hart: TargetHart): Process {
    return this.all.find(({ harts }) => harts.includes(hart))!;
  }

  numbered(pid: string): Process | undefined {
    return this.all.find((process) => process.pid === Number.parseInt(pid, 16));
  }

  /** A hart's thread, as packets name it. */
  thread(hart: TargetHart): string {
    const tid = (hart.id + 1).toString(16);
    return this.isNamed ? `p${this.of(hart).pid.toString(16)}.${tid}` : tid;
  }

  /** The known harts that packets name so: one, all of a process (`p1.-1`, `p1.0`, `p1`), or all (`-1`, `0`). None: there is no such thread. */
  named(words: string): readonly TargetHart[] {
    const [, pid, tid] = /^(?:p(-1|[0-9a-fA-F]{1,8})\.?)?(-1|[0-9a-fA-F]{1,8})?$/.exec(words) ?? [];
    if (pid === undefined && tid === undefined) return [];
    const among = pid === undefined || /^(-1|0+)$/.test(pid) ? this.harts : (this.numbered(pid)?.harts ?? []);
    const isEvery = tid === undefined || /^(-1|0+)$/.test(tid);
    return among.filter((hart) => this.isKnown(hart) && (isEvery || hart.id + 1 === Number.parseInt(tid, 16)));
  }
}
