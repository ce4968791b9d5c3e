/**
 * LR/SC between harts. A reservation is an address in the linear memory, kept in the hart's block. While a hart holds one, no other
 * hart has its page in a store TLB: their stores come to the host, which drops the reservation. Stores of harts that share no page
 * with a reservation cost nothing.
 */
import { hart as at } from '../layout.js';
import type { Hart } from './hart.js';

/** What LR reserves: 8 bytes, aligned. */
const SET = 8;

export class Reservations {
  /** Pages (places in the linear memory, shifted) that at most one hart has in its store TLB, and which one. */
  private readonly guarded = new Map<number, Hart>();

  constructor(private readonly harts: readonly Hart[]) {}

  /** The hart takes a reservation at this place: from now on the others' stores to its page come here. */
  guard(hart: Hart, place: number): void {
    const page = place >>> 12;
    if (this.guarded.get(page) === hart) return;
    for (const other of this.harts) if (other !== hart) other.evictStores(place);
    this.guarded.set(page, hart);
    hart.memory.guard(place, hart.id);
  }

  /** Has no other hart the page of this place in its store TLB, as far as is known? */
  guards(hart: Hart, place: number): boolean {
    return this.guarded.get(place >>> 12) === hart;
  }

  /** The hart stores to these bytes: the others' reservations of them are lost. */
  stored(hart: Hart, place: number, bytes: number): void {
    for (const other of this.harts) {
      if (other === hart) continue;
      const reserved = reservedBy(other);
      if (reserved < 0) continue;
      const start = reserved - (reserved % SET);
      if (place < start + SET && place + bytes > start) other.setLong(at.reservation, ~0n);
    }
  }

  /** May this page enter the hart's store TLB? Not while another hart has a reservation in it. */
  admit(hart: Hart, place: number): boolean {
    const page = place >>> 12;
    const owner = this.guarded.get(page);
    if (!owner || owner === hart) return true;
    if (this.harts.some((other) => other !== hart && reservedBy(other) >= 0 && reservedBy(other) >>> 12 === page))
      return false;
    this.guarded.delete(page);
    hart.memory.guard(place, undefined);
    return true;
  }

  save(): ReadonlyMap<number, number> {
    return new Map([...this.guarded].map(([page, { id }]) => [page, id]));
  }
  restore(saved: ReadonlyMap<number, number>): void {
    this.reset();
    for (const [page, hart] of saved) {
      this.guarded.set(page, this.harts[hart]!);
      this.harts[hart]!.memory.guard(page * 4096, hart);
    }
  }

  /** Every TLB was emptied, or memory was replaced: what was known of store TLBs is void, and that is safe to forget only then. */
  reset(): void {
    for (const [page, { memory }] of this.guarded) memory.guard(page * 4096, undefined);
    this.guarded.clear();
  }
}

/** Place that the hart has reserved, or -1. */
function reservedBy({ memory, block }: Hart): number {
  const index = (block + at.reservation) >> 2;
  return memory.i32[index + 1] === -1 ? -1 : memory.u32[index]!;
}
