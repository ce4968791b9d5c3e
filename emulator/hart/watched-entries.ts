/**
 * Entries of the load and store TLBs that generated code must not use, since someone watches what lies behind them (emulator/watchpoints.ts). Such an entry
 * stays where it is, with a mark in its tag that no address has: generated code misses, and the host finds the entry and does what a hit
 * would have done. So no page walk is made that would not have been made, none is counted, and a translation stays as old as it was.
 */
import { hart as at, tlb } from '../layout.js';
import type { Hart } from './hart.js';

/** In the low bits of a tag, above those that say how accesses are aligned. */
export const WATCHED = 0x800n;

const OFFSET = 0xfffn;

/** Does the tag stand for a page, for generated code or for the host? */
export const isEntry = (tag: bigint) => (tag & OFFSET & ~WATCHED) === 0n;

/** The virtual page of an entry's tag, as a signed number. */
export const pageOf = (tag: bigint) => tag & ~OFFSET;

/** Where the page of an entry lies in the linear memory. */
export const placeOf = (tag: bigint, difference: number) =>
  (Number(BigInt.asUintN(32, pageOf(tag))) + difference) >>> 0;

/** Mark those entries of a hart's load and store TLBs that are watched, and no others. */
export function markEntries(hart: Hart, watched: (store: boolean, va: bigint, place: number) => boolean): void {
  const { i64, i32, u32 } = hart.memory;
  for (let context = 0; context < 4; context++)
    for (const table of [tlb.load, tlb.store]) {
      const start = hart.block + tlb.first + context * tlb.context + table;
      for (let entry = start; entry < start + tlb.bytes; entry += 16) {
        // Most are empty, and asking that of a bigint costs more.
        if (u32[entry >> 2]! & 0x7ff) continue;
        const tag = i64[entry >> 3]!;
        const page = pageOf(tag);
        const place = placeOf(tag, i32[(entry + 8) >> 2]!);
        const mark = watched(table === tlb.store, page, place);
        // Of stores from now on nobody is told (store-shadow.ts).
        if (!mark && tag !== page && table === tlb.store) hart.memory.touch(place);
        i64[entry >> 3] = mark ? page | WATCHED : page;
      }
    }
}

/**
 * Would generated code have found this address in the TLB, if it were not watched?
 * @param table `tlb.load` or `tlb.store`
 * @param alignment what generated code compares beside the page: 1 for whole-page accesses, else the bytes of the access
 * @returns the place in the linear memory, or -1
 */
export function watchedEntry(hart: Hart, table: number, va: bigint, alignment: number): number {
  if ((va & BigInt(alignment - 1)) !== 0n) return -1;
  const { i64, i32 } = hart.memory;
  const entry = entryAt(hart, table, va);
  if (i64[entry >> 3] !== (BigInt.asIntN(64, va & ~OFFSET) | WATCHED)) return -1;
  return (Number(BigInt.asUintN(32, va)) + i32[(entry + 8) >> 2]!) >>> 0;
}

/** Mark the entry that stands for this address. */
export function markEntry(hart: Hart, table: number, va: bigint): void {
  const { i64 } = hart.memory;
  const entry = entryAt(hart, table, va) >> 3;
  i64[entry] = i64[entry]! | WATCHED;
}

const entryAt = (hart: Hart, table: number, va: bigint) =>
  hart.word(at.dataTlb) + table + (Number((va >> 12n) & BigInt(tlb.entries - 1)) << 4);
