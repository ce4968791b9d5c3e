/**
 * Timer and software interrupts (RISC-V ACLINT specification: MTIMER and MSWI devices, in the layout of SiFive's CLINT), and the comparison
 * of that clock with stimecmp (Sstc). A hart's time is its cycles, so mtime is what the hart that reads it has lived through.
 */
import { interrupts } from '../../isa/csrs.js';
import type { EventStream } from '../event-stream.js';
import { hasSupervisorTimer } from '../hart/environment.js';
import type { Hart } from '../hart/hart.js';
import { longs } from '../hart/words.js';
import { turns } from '../layout.js';
import { type Interrupts, reg, type TreeBuilder } from '../soc/fdt.js';
import type { Device } from './bus.js';

const MTIMECMP = 0x4000;
const MTIME = 0xbff8;
const NEVER = (1n << 64n) - 1n;

export class Aclint implements Device {
  readonly base = 0x200_0000;
  readonly size = 0x1_0000;
  private readonly compare: BigUint64Array;
  /** Added to the ticks that a hart has lived: the guest may set the clock. */
  private offset = 0n;
  /** By hart: its time, in cycles, from which on its timer interrupt is pending. The engine reads it. */
  private readonly deadlines: Float64Array;

  /** @param cyclesPerTick of mtime */
  constructor(
    private readonly harts: readonly Hart[],
    private readonly events: EventStream,
    private readonly cyclesPerTick: number,
  ) {
    this.compare = new BigUint64Array(harts.length);
    this.deadlines = harts[0]!.memory.f64.subarray(turns.deadline >> 3, (turns.deadline >> 3) + harts.length);
    this.reset();
  }

  node(tree: TreeBuilder, { harts }: Interrupts): void {
    tree.node(`clint@${this.base.toString(16)}`, {
      compatible: ['sifive,clint0', 'riscv,clint0'],
      reg: reg(this.base, this.size),
      'interrupts-extended': harts.flatMap((controller) => [controller, interrupts.MSI, controller, interrupts.MTI]),
    });
  }

  reset(): void {
    this.compare.fill(NEVER);
    this.offset = 0n;
    for (const hart of this.harts) this.schedule(hart);
  }

  save() {
    return { compare: this.compare.slice(), offset: this.offset };
  }
  restore({ compare, offset }: ReturnType<Aclint['save']>): void {
    this.compare.set(compare);
    this.offset = offset;
    for (const hart of this.harts) this.schedule(hart);
  }

  /** The clock as this hart sees it now, in ticks. */
  mtime(hart: Hart): bigint {
    return BigInt.asUintN(64, BigInt(Math.floor(hart.time / this.cyclesPerTick)) + this.offset);
  }

  /** The hart's time, in cycles, from which on its timer interrupt is pending. */
  deadline(hart: Hart): number {
    return this.deadlines[hart.id]!;
  }
  /** The same of the supervisor's timer interrupt; infinite while stimecmp is off. */
  supervisorDeadline(hart: Hart): number {
    return hart.double(longs.supervisorTimer);
  }
  private schedule(hart: Hart): void {
    this.deadlines[hart.id] = this.cyclesAt(this.compare[hart.id]!);
    const on = hasSupervisorTimer(hart);
    hart.readyTime = 0;
    hart.setDouble(longs.supervisorTimer, on ? this.cyclesAt(hart.long(longs.stimecmp)) : Number.POSITIVE_INFINITY);
  }
  /** A hart's time, in cycles, at which the clock shows so many ticks. */
  private cyclesAt(ticks: bigint): number {
    const cycles = Number(ticks - this.offset) * this.cyclesPerTick;
    // Beyond what a time can count (guests write all ones to mean never) no hart may be woken for it.
    return cycles > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : Math.max(0, cycles);
  }

  /** Drive the hart's timer interrupts by its time. */
  refresh(hart: Hart): void {
    const { time } = hart;
    const due = time >= this.deadlines[hart.id]!;
    if (due !== hart.driven(interrupts.MTI)) hart.drive(interrupts.MTI, due, time);
    const supervisorDue = time >= this.supervisorDeadline(hart);
    if (supervisorDue !== hart.driven(interrupts.STI)) hart.drive(interrupts.STI, supervisorDue, time);
  }

  /** stimecmp, or whether it counts, was changed. The hart's turn ends, because it was granted up to the timer as it was. */
  timerChanged(hart: Hart): void {
    this.schedule(hart);
    this.refresh(hart);
    hart.endTurn();
  }

  read(offset: number, bytes: number, hart: Hart): bigint | undefined {
    if (bytes !== 4 && bytes !== 8) return undefined;
    const register = offset & ~7;
    const all = this.register(register, hart);
    if (offset < MTIMECMP) return bytes === 4 ? this.softwareInterrupt(offset >> 2) : undefined;
    return BigInt.asUintN(8 * bytes, all >> BigInt(8 * (offset - register)));
  }

  private softwareInterrupt(n: number): bigint {
    const hart = this.harts[n];
    return hart && (hart.pending >> interrupts.MSI) & 1 ? 1n : 0n;
  }

  private register(offset: number, hart: Hart): bigint {
    return offset === MTIME ? this.mtime(hart) : (this.compare[(offset - MTIMECMP) / 8] ?? 0n);
  }

  write(offset: number, bytes: number, value: bigint, hart: Hart): boolean {
    if (bytes !== 4 && bytes !== 8) return false;
    if (offset < MTIMECMP) {
      if (bytes !== 4) return false;
      this.sendInterrupt(offset >> 2, (value & 1n) === 1n, hart);
      return true;
    }
    const register = offset & ~7;
    const shift = BigInt(8 * (offset - register));
    const mask = ((1n << BigInt(8 * bytes)) - 1n) << shift;
    const now = (this.register(register, hart) & ~mask) | ((value << shift) & mask);
    if (register === MTIME) {
      this.offset += now - this.mtime(hart);
      for (const each of this.harts) {
        this.schedule(each);
        this.refresh(each);
      }
    } else {
      const target = this.harts[(register - MTIMECMP) / 8];
      if (!target) return true;
      this.compare[target.id] = now;
      this.schedule(target);
      this.refresh(target);
    }
    // A turn ends before the hart's next timer event, so that is looked at anew.
    hart.endTurn();
    return true;
  }

  /** A store to an MSIP word. The sender's turn ends, so that the receiver is not kept waiting for the rest of it. */
  private sendInterrupt(n: number, on: boolean, sender: Hart): void {
    const target = this.harts[n];
    if (!target) return;
    target.drive(interrupts.MSI, on, sender.time);
    if (!on) return;
    if (this.events.active) this.events.emit({ kind: 'ipi', hart: sender.id, cycle: sender.time, target: target.id });
    sender.endTurn();
  }
}
