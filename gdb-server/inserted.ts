/** Breakpoints and watchpoints that a client has inserted. */
import type { Target, TargetHart } from '../debug-adapter/target.js';
import type { Process } from './processes.js';

/** Packets say by a digit what kind it is (GDB manual, "Packets", `Z`): 0 and 1 are breakpoints in software and hardware, and these. */
const watchKinds: Readonly<Record<string, { name: string; reads: boolean; writes: boolean }>> = {
  2: { name: 'watch', reads: false, writes: true },
  3: { name: 'rwatch', reads: true, writes: false },
  4: { name: 'awatch', reads: true, writes: true },
};
export const isWatch = (kind: string): boolean => Object.hasOwn(watchKinds, kind);

interface Point {
  /** The machine's. */
  readonly id: number;
  readonly kind: string;
  readonly va: bigint;
  /** The process that it was inserted in. */
  readonly of: Process;
}

export class Inserted {
  /** What is inserted twice is there once. */
  private readonly points = new Map<string, Point>();

  constructor(private readonly target: Target) {}

  private static key(kind: string, va: bigint, { pid }: Process): string {
    return `${kind},${va},${pid}`;
  }

  private add(kind: string, va: bigint, of: Process, make: () => number): void {
    const key = Inserted.key(kind, va, of);
    if (!this.points.has(key)) this.points.set(key, { id: make(), kind, va, of });
  }

  breakpoint(kind: string, va: bigint, of: Process): void {
    this.add(kind, va, of, () => this.target.breakpoints.add({ va }));
  }

  /** @param satp the address space; 0n: physical addresses */
  watchpoint(kind: string, va: bigint, bytes: number, satp: bigint, of: Process): void {
    const { reads, writes } = watchKinds[kind]!;
    const what = { va, bytes, satp, reads, ...(writes && { writes: 'all' as const }) };
    this.add(kind, va, of, () => this.target.watchpoints.add(what));
  }

  remove(kind: string, va: bigint, of: Process): void {
    const key = Inserted.key(kind, va, of);
    const point = this.points.get(key);
    this.points.delete(key);
    if (point) this.pull(point);
  }

  clear(): void {
    for (const point of this.points.values()) this.pull(point);
    this.points.clear();
  }

  private pull({ id, kind }: Point): void {
    if (isWatch(kind)) this.target.watchpoints.remove(id);
    else this.target.breakpoints.remove(id);
  }

  private get all(): Point[] {
    return [...this.points.values()];
  }

  /** Was a breakpoint where the hart stands inserted in its process? A client that has one elsewhere only would not know what stopped this hart. */
  isBreakpointOf(hart: TargetHart): boolean {
    return this.all.some(({ kind, va, of }) => !isWatch(kind) && va === hart.pc && of.harts.includes(hart));
  }

  /** How a stop reply names a breakpoint … */
  kindOf(id: number | undefined): string {
    return this.all.some((point) => point.id === id && point.kind === '1') ? 'hwbreak' : 'swbreak';
  }

  /** … and a watchpoint. */
  watchOf(id: number): string {
    return watchKinds[this.all.find((point) => point.id === id)?.kind ?? '2']?.name ?? 'watch';
  }
}
