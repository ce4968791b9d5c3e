/** How far what is known of one page is known of others. */
import { longs, words } from '../hart/words.js';
import { ASKED, hart as at, TOLD, tlb, told } from '../layout.js';
import type { Code } from '../wasm/code.js';
import { constant, i32, i64, kept, load, type Val } from '../wasm/value.js';

/**
 * The bits of an address that tell its page, for loads and stores: those of a part of RAM where all pages are alike, while that is so.
 * See refill.ts, which brings pages into the TLB under the same conditions.
 */
export function pageMasks(c: Code, hart: Val): Record<'load' | 'store', Val> {
  const context = load('i32', hart, at.dataTlb);
  const isMachine = kept(c, context.eq(hart.add(tlb.first + tlb.contexts.machine * tlb.context)));
  const isBare = isMachine.or(load('f64', hart, longs.root).ltS(constant('f64', 0)));
  const isTold = load('i32', load('i32', hart, at.id).mul(4), TOLD).and(told.accesses);
  const isPlain = isTold
    .or(load('i32', hart, words.masked))
    .or(load('i32', hart, words.armed))
    .eq(0);
  const part = kept(c, isMachine.choose(load('i64', hart, longs.machineMask), load('i64', hart, longs.lowerMask)));
  const alike = kept(c, isBare.and(isPlain));
  const unnoted = load('i32', hart, words.shadowed)
    .or(load('i32', i32(0), ASKED))
    .eq(0);
  return {
    load: kept(c, alike.choose(part, i64(~0xfffn))),
    store: kept(c, alike.and(unnoted).choose(part, i64(~0xfffn))),
  };
}
