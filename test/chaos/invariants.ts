/** What must hold of every run, whatever firmware and kernel do: seen from outside, in the machine's events and in the completion rings. */
import type { MachineEvent, MigrationEvent, SbiEvent, SbiReturnEvent } from '../../emulator/events.js';
import type { Machine } from '../../emulator/machine.js';

/** The SBI extension of the migration ABI (firmware/include/migration.h). */
const EXTENSION = 0x084d4947;
const [SET_RING, MIGRATE] = [2, 3];
/** struct mig_ring and struct mig_completion. */
const ring = { head: 0, tail: 4, entries: 64, entryBytes: 64, tid: 0, flags: 56, asks: 2n };

export class Invariants {
  readonly broken: string[] = [];
  /** Arrivals on accelerator harts. */
  trips = 0;
  /** By accelerator hart: the thread that runs there. */
  private readonly running = new Map<number, number>();
  /** By hart: the physical address of its completion ring. */
  private readonly rings = new Map<number, number>();
  /** Threads that firmware has, by its own word: a completion ends it. */
  private readonly sent = new Set<number>();
  /** By hart: the call of the extension that has not returned. */
  private readonly calls = new Map<number, SbiEvent>();

  constructor(private readonly machine: Machine) {
    machine.events.on((event) => this.see(event));
  }

  private see(event: MachineEvent): void {
    if (event.kind === 'migration') this.step(event);
    else if (event.kind === 'sbi' && event.extension === EXTENSION) this.called(event);
    else if (event.kind === 'sbi-return' && event.extension === EXTENSION) this.answered(event);
  }

  private called(event: SbiEvent): void {
    const { hart, fid, args } = event;
    this.calls.set(hart, event);
    if (fid !== MIGRATE) return;
    const tid = Number(args[2]);
    if (this.sent.has(tid)) this.broken.push(`task ${tid} is sent by hart ${hart} while it is away`);
    this.sent.add(tid);
  }

  private answered({ hart, fid, error }: SbiReturnEvent): void {
    const [first, second, third] = this.calls.get(hart)!.args;
    if (fid === SET_RING && error === 0n) this.watch(hart, Number(first), Number(second));
    if (fid === MIGRATE && error !== 0n) this.sent.delete(Number(third));
  }

  /** Look at every entry when firmware moves the tail over it. */
  private watch(hart: number, pa: number, entries: number): void {
    const { memory } = this.machine;
    const base = memory.at(pa);
    this.rings.set(hart, pa);
    this.machine.watchStores(pa + ring.tail, 4, () => {
      const place = memory.view.getUint32(base + ring.tail, true) % entries;
      const entry = base + ring.entries + place * ring.entryBytes;
      const tid = Number(memory.view.getBigUint64(entry + ring.tid, true));
      const asks = memory.view.getBigUint64(entry + ring.flags, true) & ring.asks;
      if (!this.sent.has(tid)) this.broken.push(`task ${tid} is in the ring of hart ${hart} while it is home`);
      if (asks) return;
      this.sent.delete(tid);
      for (const [on, task] of this.running) if (task === tid) this.running.delete(on);
    });
  }

  /** A thread arrives after it was sent and before it completes, on one hart at a time, where no other is. */
  private step({ step, task, hart, cycle }: MigrationEvent): void {
    const wrong = (what: string) => this.broken.push(`task ${task} ${what} (hart ${hart}, cycle ${cycle})`);
    const there = this.running.get(hart);
    if (step === 'leave') {
      if (there !== undefined && there !== task) wrong(`leaves where task ${there} is`);
      this.running.delete(hart);
    } else if (step === 'arrive') {
      if (!this.sent.has(task)) wrong('arrives, and nobody sent it');
      if (there !== undefined) wrong(`arrives where task ${there} is`);
      for (const [on, other] of this.running) if (other === task) wrong(`arrives while it is on hart ${on}`);
      this.running.set(hart, task);
      this.trips++;
    }
  }

  /** At power-off: nobody is away, and nothing lies in a ring. */
  atEnd(): void {
    for (const tid of this.sent) this.broken.push(`at the end task ${tid} has not completed`);
    for (const [hart, task] of this.running) this.broken.push(`at the end task ${task} is on hart ${hart}`);
    const { memory } = this.machine;
    for (const [hart, pa] of this.rings) {
      const [head, tail] = [ring.head, ring.tail].map((word) => memory.view.getUint32(memory.at(pa) + word, true));
      if (head !== tail) this.broken.push(`at the end hart ${hart}'s ring is read up to ${head} of ${tail}`);
    }
  }
}
