/**
 * Which pages are written, told without a trace in the guest: the store TLBs are emptied, so that the first store to each page comes by the host,
 * but their entries are kept aside. A store that an entry aside would have served takes it back: no page walk is made, no miss counted, and
 * a translation that the guest has not fenced stays as old as it was.
 */
import { tlb } from '../layout.js';
import type { Hart } from './hart.js';
import { placeOf } from './watched-entries.js';
import { words } from './words.js';

const CONTEXTS = Object.values(tlb.contexts);

const store = (hart: Hart, context: number) => hart.block + tlb.first + context * tlb.context + tlb.store;
const shadow = (hart: Hart, context: number) => hart.block + tlb.shadow + context * tlb.bytes;
const isEmpty = (tag: bigint) => (tag & 0xfffn) !== 0n;

/** Put the entries of the hart's store TLBs aside; not those that are watched, whose stores come by the host anyway. */
export function setAsideStores(hart: Hart): void {
  // Word by word: this is done at every moment of a history, for entries by the thousand.
  const { i32 } = hart.memory;
  const fresh = hart.word(words.shadowed) === 0;
  const empty = (entry: number) => {
    i32[entry] = Number(tlb.empty);
    i32[entry + 1] = 0;
  };
  for (const context of CONTEXTS) {
    const [from, to] = [store(hart, context) >> 2, shadow(hart, context) >> 2];
    for (let n = 0; n < tlb.bytes / 4; n += 4) {
      if ((i32[from + n]! & 0xfff) !== 0) {
        if (fresh) empty(to + n);
        continue;
      }
      for (let word = 0; word < 4; word++) i32[to + n + word] = i32[from + n + word]!;
      empty(from + n);
    }
  }
  hart.setWord(words.shadowed, 1);
}

/** The entries aside are forgotten, as those in the TLBs are. @param first the first context that is meant */
export function forgetAside(hart: Hart, first: number): void {
  if (hart.word(words.shadowed) === 0) return;
  hart.memory.u8.fill(1, shadow(hart, first), shadow(hart, CONTEXTS.length));
}

/** Another page takes the place of this entry (its absolute address) of a store TLB. */
export function replaceAside(hart: Hart, entry: number): void {
  if (hart.word(words.shadowed) === 0) return;
  const offset = entry - hart.block - tlb.first;
  const context = Math.floor(offset / tlb.context);
  const within = offset - context * tlb.context - tlb.store;
  if (within >= 0) hart.memory.i64[(shadow(hart, context) + within) >> 3] = tlb.empty;
}

/** Forget entries aside whose page lies at this place of the linear memory. */
export function evictAside(hart: Hart, page: number): void {
  if (hart.word(words.shadowed) === 0) return;
  const { i32, i64 } = hart.memory;
  for (const context of CONTEXTS) {
    for (let at = shadow(hart, context); at < shadow(hart, context) + tlb.bytes; at += 16) {
      const tag = i64[at >> 3]!;
      if (!isEmpty(tag) && placeOf(tag, i32[(at + 8) >> 2]!) === page) i64[at >> 3] = tlb.empty;
    }
  }
}

/**
 * Would an entry that was put aside have served this store? Then it is back in the TLB.
 * @param alignment what the engine compares beside the page: 1 for whole-page accesses, else the bytes of the access
 * @returns the place in the linear memory, or -1
 */
export function takeBack(hart: Hart, dataTlb: number, va: bigint, alignment: number): number {
  if (hart.word(words.shadowed) === 0 || (va & BigInt(alignment - 1)) !== 0n) return -1;
  const { i64, i32 } = hart.memory;
  const context = Math.floor((dataTlb - hart.block - tlb.first) / tlb.context);
  const offset = Number((va >> 12n) & BigInt(tlb.entries - 1)) << 4;
  const [from, to] = [shadow(hart, context) + offset, dataTlb + tlb.store + offset];
  if (i64[from >> 3] !== BigInt.asIntN(64, va & ~0xfffn)) return -1;
  i64[to >> 3] = i64[from >> 3]!;
  i64[(to + 8) >> 3] = i64[(from + 8) >> 3]!;
  i64[from >> 3] = tlb.empty;
  const place = placeOf(va, i32[(to + 8) >> 2]!) + Number(va & 0xfffn);
  hart.memory.touch(place);
  return place;
}
