/**
 * What nearly every miss of a data TLB comes down to, without a call of the host: no translation, or a walk that finds a leaf with all its marks set, for a page of
 * RAM about which nobody wants to be told. It does what emulator/hart/ does (access.ts, translation.ts). Anything else, and every trap, is left to the host,
 * with nothing changed.
 */
import { events } from '../../isa/csrs.js';
import { OCCURRING } from '../hart/counters.js';
import { status } from '../hart/modes.js';
import { entryBits } from '../hart/translation.js';
import { longs, words } from '../hart/words.js';
import { HART, HARTS, hart as at, TOLD, tlb, told } from '../layout.js';
import type { Code } from '../wasm/code.js';
import type { Module } from '../wasm/module.js';
import { call, get, i32, i64, kept, load, type Val } from '../wasm/value.js';
import { Reach } from './host.js';
import { pageFault } from './trap-paths.js';

/** The host's functions that are asked after a miss, by their index in the module. */
export interface MissCallees {
  readonly load: number;
  readonly store: number;
  readonly reach: number;
}

const { V, R, W, X, USER, A, D } = entryBits;
/** Bits of an entry above the page number: reserved, or of extensions. */
const ABOVE = -1n << 54n;

/** Instead of a place: the page tables have no page there. */
const ABSENT = 1;

/** As `finder`, but for 0 in place of ABSENT. */
export function refiller(m: Module, find: number): number {
  return m.function('refill', ['i32', 'i64', 'i32', 'i32'], ['i32'], (c) => {
    const found = kept(c, call(find, 'i32', get(0, 'i32'), get(1, 'i64'), get(2, 'i32'), get(3, 'i32')));
    found.eq(ABSENT).choose(0, found).emit(c);
  });
}

/** (hart's block, address, alignment less one, 1 for stores) → the place in the linear memory, its entry being in the TLB now; or ABSENT, or 0: the host is to do it. */
export function finder(m: Module): number {
  return m.function('find', ['i32', 'i64', 'i32', 'i32'], ['i32'], (c) => {
    const hart = get(0, 'i32');
    const va = get(1, 'i64');
    const isStore = get(3, 'i32');
    const giveUpIf = (condition: Val) => c.if(condition, () => c.return(i32(0)));
    giveUpIf(va.to('i32', false).and(get(2, 'i32')));
    giveUpIf(load('i32', load('i32', hart, at.id).mul(4), TOLD).and(told.accesses));
    giveUpIf(load('i32', hart, words.masked).or(load('i32', hart, words.armed)));
    giveUpIf(isStore.and(load('i32', hart, words.shadowed)));

    const context = kept(c, load('i32', hart, at.dataTlb));
    const contextOf = (n: number) => hart.add(tlb.first + n * tlb.context);
    const isMachine = kept(c, context.eq(contextOf(tlb.contexts.machine)));
    const root = kept(c, load('f64', hart, longs.root).apply('i64', 0xb0).shrS(12));
    /** Page of the linear memory. */
    const page = c.local('i64');
    const translated = kept(c, isMachine.eq(0).and(root.geS(0)));
    c.if(
      translated,
      () => walk(c, { hart, va, isStore, context, contextOf, root, page, giveUpIf }),
      () => c.set(page, va.shrU(12).add(load('i64', hart, longs.ramPage))),
    );
    const found = get(page, 'i64');
    const from = isMachine.choose(load('i64', hart, longs.machineFrom), load('i64', hart, longs.lowerFrom));
    const to = isMachine.choose(load('i64', hart, longs.machineTo), load('i64', hart, longs.lowerTo));
    giveUpIf(found.ltS(from).or(found.geS(to)));

    const place = kept(c, found.to('i32', false).shl(12));
    c.if(isStore, () => {
      const flag = (which: number) => load('i32', hart, which).add(found.to('i32', false));
      giveUpIf(load('i8', flag(words.asked)).as('i32'));
      c.store('i8', flag(words.written), i32(1));
    });
    c.if(translated, () => {
      const counter = (event: number) => longs.occurred + 8 * OCCURRING.indexOf(event as (typeof OCCURRING)[number]);
      const difference = counter(events.storeTlbMiss) - counter(events.loadTlbMiss);
      const where = kept(c, hart.add(isStore.mul(difference)));
      c.store('f64', where, load('f64', where, counter(events.loadTlbMiss)).add(1), counter(events.loadTlbMiss));
    });
    const entry = kept(
      c,
      context.add(isStore.choose(tlb.store, tlb.load)).add(
        va
          .shrU(8)
          .to('i32', false)
          .and((tlb.entries - 1) << 4),
      ),
    );
    c.store('i64', entry, va.and(~0xfffn));
    c.store('i32', entry, place.sub(va.to('i32', false).and(-4096)), 8);
    place.or(va.to('i32', false).and(4095)).emit(c);
  });
}

/** Down the levels; leaves the page of the linear memory in `page`. */
function walk(
  c: Code,
  {
    hart,
    va,
    isStore,
    context,
    contextOf,
    root,
    page,
    giveUpIf,
  }: {
    readonly hart: Val;
    readonly va: Val;
    readonly isStore: Val;
    readonly context: Val;
    contextOf(n: number): Val;
    readonly root: Val;
    readonly page: number;
    giveUpIf(condition: Val): void;
  },
): void {
  const ramPage = kept(c, load('i64', hart, longs.ramPage));
  const [from, to] = [kept(c, load('i64', hart, longs.lowerFrom)), kept(c, load('i64', hart, longs.lowerTo))];
  const [shift, entry] = [c.local('i64'), c.local('i64')];
  const by = get(shift, 'i64');
  const pte = get(entry, 'i64');
  const here = get(page, 'i64');
  /** Bits of the page numbers that this level does not translate. */
  const below = i64(1).shl(by.sub(12)).sub(1);
  c.set(shift, load('i32', hart, words.levels).mul(9).to('i64', false).add(12));
  // The sign extension of what page tables translate.
  const extension = kept(c, va.shrS(by.sub(1)));
  giveUpIf(extension.ne(0).and(extension.ne(-1)));
  c.set(page, root.add(ramPage));
  c.loop((next) => {
    c.set(shift, by.sub(9));
    giveUpIf(here.ltS(from).or(here.geS(to)));
    const index = va.shrU(by).and(511).to('i32', false).shl(3);
    c.set(entry, load('i64', here.to('i32', false).shl(12).add(index)));
    c.if(pte.and(V).eq(0), () => c.return(i32(ABSENT)));
    giveUpIf(
      pte
        .and(R | W)
        .eq(W)
        .or(pte.and(ABOVE).ne(0)),
    );
    c.set(page, pte.shrU(10).add(ramPage));
    c.if(pte.and(R | X).eq(0), () => {
      giveUpIf(
        pte
          .and(A | D | USER)
          .ne(0)
          .or(by.eq(12)),
      );
      c.br(next);
    });
  });
  giveUpIf(pte.shrU(10).and(below).ne(0));
  // Who may, and what; see translation.ts.
  const ofUser = pte.and(USER).ne(0);
  const isUser = context.eq(contextOf(tlb.contexts.user));
  const mayUser = isUser.or(context.eq(contextOf(tlb.contexts.supervisorSum)));
  giveUpIf(ofUser.choose(mayUser.eq(0), isUser));
  const readable = pte
    .and(R)
    .ne(0)
    .or(load('i32', hart, words.status).and(status.MXR).ne(0).and(pte.and(X).ne(0)));
  const marks = isStore.choose(i64(A | D), i64(A));
  giveUpIf(isStore.choose(pte.and(W).eq(0), readable.eq(0)).or(pte.and(marks).ne(marks)));
  c.if(below.ne(0), () => {
    const inside = kept(c, below.shl(12).or(4095));
    const note = (at: number, edge: Val, isWider: (old: Val) => Val) =>
      c.if(isWider(load('i64', hart, at)), () => void c.store('i64', hart, edge, at));
    note(longs.largeFrom, va.and(inside.not()), (old) => old.gtU(va.and(inside.not())));
    note(longs.largeTo, va.or(inside), (old) => old.ltU(va.or(inside)));
  });
  c.set(page, here.add(va.shrU(12).and(below)));
}

/** The host's functions behind the TLB, tried without it first. */
export function missHandlers(m: Module, host: MissCallees, find: number): MissCallees {
  const blockOf = (number: Val) => number.mul(HART).add(HARTS);
  const [number, pc, va, bytes] = [get(0, 'i32'), get(1, 'i64'), get(2, 'i64'), get(3, 'i32')];
  const tried = (c: Code, alignment: Val, isStore: Val, found: (place: Val) => void) => {
    const place = kept(c, call(find, 'i32', blockOf(number), va, alignment, isStore));
    c.if(place.gtU(ABSENT), () => found(place));
    return place;
  };
  return {
    load: m.function('load', ['i32', 'i64', 'i64', 'i32'], ['i32'], (c) => {
      const place = tried(c, bytes.sub(1), i32(0), (found) => c.return(found));
      c.if(place.eq(ABSENT), () => pageFault(c, kept(c, blockOf(number)), pc, va, 'load'));
      call(host.load, 'i32', number, pc, va, bytes).emit(c);
    }),
    store: m.function('store', ['i32', 'i64', 'i64', 'i32', 'i64'], ['i32'], (c) => {
      const value = get(4, 'i64');
      const place = tried(c, bytes.sub(1), i32(1), (found) => {
        c.switch(
          bytes.ctz(),
          (['i8', 'i16', 'i32', 'i64'] as const).map((element) => () => void c.store(element, found, value)),
        );
        c.return(i32(1));
      });
      c.if(place.eq(ABSENT), () => pageFault(c, kept(c, blockOf(number)), pc, va, 'store'));
      call(host.store, 'i32', number, pc, va, bytes, value).emit(c);
    }),
    reach: m.function('reach', ['i32', 'i64', 'i64', 'i32', 'i32'], ['i32'], (c) => {
      const purpose = get(4, 'i32');
      const whole = purpose.eq(Reach.read).or(purpose.eq(Reach.write));
      c.if(purpose.ne(Reach.reserve), () =>
        tried(c, whole.choose(i32(0), bytes.sub(1)), purpose.ne(Reach.read), (found) => c.return(found)),
      );
      call(host.reach, 'i32', number, pc, va, bytes, purpose).emit(c);
    }),
  };
}
