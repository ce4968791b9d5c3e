/**
 * A hardware mailbox of our own: a queue of double-words in front of each hart. A word that waits interrupts the hart in machine mode (local interrupt 17);
 * an announcement sets the bit by which the supervisor hears of threads that have come home (local interrupt 16), with no machine mode in between.
 *
 * Hart h has the page at base + h * 4 KiB:
 *
 *   0x00  SEND      write, 8 bytes: put a word into the hart's queue; dropped when there is no room
 *   0x08  STATUS    read, 4 or 8 bytes: words that wait (bits 15:0), room left (bits 31:16)
 *   0x10  RECEIVE   read, 8 bytes: take the oldest word out; 0 when there is none
 *   0x18  ANNOUNCE  write, 4 or 8 bytes: 1 sets bit 16 of the hart's mip, which mip and sip can clear
 */
import { interrupts } from '../../isa/csrs.js';
import type { EventStream } from '../event-stream.js';
import type { Hart } from '../hart/hart.js';
import { type Interrupts, reg, type TreeBuilder } from '../soc/fdt.js';
import type { Device } from './bus.js';

const PAGE = 0x1000;

interface Register {
  /** Widths of an access, in bytes. */
  readonly bytes: readonly number[];
  read?(target: Hart): bigint;
  write?(target: Hart, value: bigint, sender: Hart): void;
}

export class Mailbox implements Device {
  readonly base = 0x1010_0000;
  readonly size: number;
  /** Hart h's queue: `slots` places from h * slots on, a ring. */
  private readonly words: BigUint64Array;
  /** By hart: the place of its oldest word, and how many wait. */
  private readonly oldest: Uint32Array;
  private readonly waiting: Uint32Array;

  private readonly registers: ReadonlyMap<number, Register> = new Map<number, Register>([
    [0x00, { bytes: [8], write: (target, word, sender) => this.send(target, word, sender) }],
    [0x08, { bytes: [4, 8], read: ({ id }) => BigInt(this.waiting[id]! | ((this.slots - this.waiting[id]!) << 16)) }],
    [0x10, { bytes: [8], read: (target) => this.receive(target) }],
    [0x18, { bytes: [4, 8], write: (target, value, sender) => this.announce(target, value, sender) }],
  ]);

  /** @param slots words that a queue holds */
  constructor(
    private readonly harts: readonly Hart[],
    readonly slots: number,
    private readonly events: EventStream,
  ) {
    this.size = harts.length * PAGE;
    this.words = new BigUint64Array(harts.length * slots);
    this.oldest = new Uint32Array(harts.length);
    this.waiting = new Uint32Array(harts.length);
  }

  node(tree: TreeBuilder, { harts }: Interrupts): void {
    tree.node(`mailbox@${this.base.toString(16)}`, {
      compatible: 'harthop,mailbox',
      reg: reg(this.base, this.size),
      'interrupts-extended': harts.flatMap((controller) => [controller, interrupts.LI17]),
      'harthop,slots': this.slots,
    });
  }

  /** The words in a hart's queue, the oldest first; none is taken out. */
  waitingWords(hart: number): bigint[] {
    const place = (n: number) => hart * this.slots + ((this.oldest[hart]! + n) % this.slots);
    return Array.from({ length: this.waiting[hart]! }, (_, n) => this.words[place(n)]!);
  }

  /** All as after reset: every queue is empty. */
  reset(): void {
    this.words.fill(0n);
    this.oldest.fill(0);
    this.waiting.fill(0);
  }

  save() {
    return { words: this.words.slice(), oldest: this.oldest.slice(), waiting: this.waiting.slice() };
  }
  restore({ words, oldest, waiting }: ReturnType<Mailbox['save']>): void {
    this.words.set(words);
    this.oldest.set(oldest);
    this.waiting.set(waiting);
  }

  read(offset: number, bytes: number): bigint | undefined {
    const register = this.registers.get(offset % PAGE);
    return register?.bytes.includes(bytes) ? register.read?.(this.owner(offset)) : undefined;
  }

  write(offset: number, bytes: number, value: bigint, sender: Hart): boolean {
    const register = this.registers.get(offset % PAGE);
    if (!register?.write || !register.bytes.includes(bytes)) return false;
    register.write(this.owner(offset), value, sender);
    return true;
  }

  /** The hart whose page an offset lies in. */
  private owner(offset: number): Hart {
    return this.harts[Math.floor(offset / PAGE)]!;
  }

  private send(target: Hart, word: bigint, sender: Hart): void {
    const { id } = target;
    if (this.waiting[id] === this.slots) return;
    this.words[id * this.slots + ((this.oldest[id]! + this.waiting[id]!) % this.slots)] = word;
    this.waiting[id]!++;
    target.drive(interrupts.LI17, true, sender.time);
    this.tell(target, sender);
  }

  private receive(target: Hart): bigint {
    const { id } = target;
    if (this.waiting[id] === 0) return 0n;
    const word = this.words[id * this.slots + this.oldest[id]!]!;
    this.oldest[id] = (this.oldest[id]! + 1) % this.slots;
    this.waiting[id]!--;
    if (this.waiting[id] === 0) target.drive(interrupts.LI17, false, target.time);
    return word;
  }

  private announce(target: Hart, value: bigint, sender: Hart): void {
    if ((value & 1n) === 0n) return;
    target.latch(interrupts.LI16, sender.time);
    this.tell(target, sender);
  }

  /** The sender's turn ends, so that the receiver is not kept waiting for the rest of it. */
  private tell(target: Hart, sender: Hart): void {
    if (this.events.active) this.events.emit({ kind: 'ipi', hart: sender.id, cycle: sender.time, target: target.id });
    sender.endTurn();
  }
}
