/** Loads and stores of consecutive elements, page by page; and how many of them can be loaded without a trap. */
import type { Element } from '../../../isa/vocabulary.js';
import { hart as at, tlb } from '../../layout.js';
import type { Code } from '../../wasm/code.js';
import { call, callIndirect, get, i32, i64, kept, load } from '../../wasm/value.js';
import { NOT_RAM, Reach } from '../host.js';
import { hartNumber, isHit, onHit, type Place } from '../scalar.js';
import { type Direction, ELEMENTS, placeIn } from './elements.js';
import { expanded, maskBits } from './lanes.js';
import { copyUp } from './moves.js';
import { hart, SEWS, vl, vstart } from './state.js';
import type { Workshop } from './workshop.js';

/** base, register, element size, mask, count. */
const unitParameters = [get(2, 'i64'), get(3, 'i32'), get(4, 'i32'), get(5, 'i32'), get(6, 'i32')] as const;

/**
 * (hart, pc, base, register, element size, mask, count) → 1 when the host has trapped.
 * @param byElement functions of the type ELEMENTS in the table, for the sizes of an element side by side
 */
export function unitAccess(w: Workshop, what: Direction, byElement: number): number {
  const table = what === 'load' ? tlb.load : tlb.store;
  const purpose = what === 'load' ? Reach.read : Reach.write;
  return w.m.function(`${what} unit`, ['i32', 'i64', 'i64', 'i32', 'i32', 'i32', 'i32'], ['i32'], (c) => {
    const place = placeIn(w, c);
    const [base, register, size, mask, count] = unitParameters;
    const va = c.local('i64');
    const [bytes, chunk, memory, here, end] = [0, 0, 0, 0, 0].map(() => c.local('i32')) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const unaligned = base.to('i32', false).and(i32(1).shl(size).sub(1));
    const type = w.m.type(ELEMENTS, ['i32']);
    c.if(mask, () => maskedInOnePage(c, place, what));
    c.block((otherwise) => {
      c.brIf(otherwise, mask.or(unaligned));
      c.if(vstart.geU(count), () => c.return(i32(0)));
      const skipped = vstart.shl(size);
      c.set(va, base.add(skipped.to('i64', false)));
      c.set(here, register.add(skipped));
      c.set(bytes, count.shl(size).sub(skipped));
      c.loop((again) => {
        const address = get(va, 'i64');
        c.set(chunk, i32(4096).sub(address.to('i32', false).and(4095)).minU(get(bytes, 'i32')));
        c.if(
          isHit(place, address, 1, table),
          () => c.set(memory, onHit(place, address, table)),
          () => {
            const ask = call(
              w.callees.reach,
              'i32',
              hartNumber(hart),
              place.pc,
              address,
              get(chunk, 'i32'),
              i32(purpose),
            );
            c.set(memory, ask);
            c.if(get(memory, 'i32').eq(0), () => place.trapped());
            c.brIf(otherwise, get(memory, 'i32').eq(NOT_RAM));
          },
        );
        const [to, from] = what === 'load' ? [here, memory] : [memory, here];
        c.set(end, get(to, 'i32').add(get(chunk, 'i32')));
        copyUp(c, to, from, get(end, 'i32'));
        c.store('i32', hart, vstart.add(get(chunk, 'i32').shrU(size)), at.vstart);
        c.set(va, address.add(get(chunk, 'i32').to('i64', false)));
        c.set(bytes, get(bytes, 'i32').sub(get(chunk, 'i32')));
        c.if(get(bytes, 'i32'), () => c.br(again));
      });
      c.return(i32(0));
    });
    const stride = i64(1).shl(size.to('i64', false));
    callIndirect(
      type,
      'i32',
      size.add(byElement),
      hart,
      get(1, 'i64'),
      base,
      stride,
      i32(0),
      i32(0),
      register,
      size,
      mask,
      count,
      i32(1),
      i32(0),
    ).emit(c);
  });
}

/** Whole lanes of active elements that lie in one page of the TLB; vstart is then the first element that is left. */
function maskedInOnePage(c: Code, place: Place, what: Direction): void {
  const [base, register, size, mask, count] = unitParameters;
  const table = what === 'load' ? tlb.load : tlb.store;
  const [there, here, i] = [c.local('i32'), c.local('i32'), c.local('i32')];
  const [inMemory, inRegister, n] = [get(there, 'i32'), get(here, 'i32'), get(i, 'i32')];
  c.block((otherwise) => {
    const end = base.to('i32', false).and(4095).add(count.shl(size));
    const aligned = base.and(i64(1).shl(size.to('i64', false)).sub(1)).eq(0);
    c.brIf(otherwise, vstart.or(end.gtU(4096)).or(aligned.and(isHit(place, base, 1, table)).eq(0)));
    c.set(there, onHit(place, base, table))
      .set(here, register)
      .set(i, i32(0));
    const [to, from] = what === 'load' ? [inRegister, inMemory] : [inMemory, inRegister];
    c.switch(
      size,
      SEWS.map((bits) => () => {
        const element = `i${bits}` as Element;
        const per = 128 / bits;
        c.block((done) =>
          c.loop((again) => {
            c.brIf(done, count.sub(n).ltU(per));
            const active = expanded(maskBits(mask, n), element);
            c.store('i8*', to, active.choose(load('i8*', from), load('i8*', to)));
            c.set(there, inMemory.add(16)).set(here, inRegister.add(16)).set(i, n.add(per));
            c.br(again);
          }),
        );
      }),
    );
    c.store('i32', hart, n, at.vstart);
  });
}

/**
 * (hart, base, bytes of an element or segment) → how many of vl's elements, at least one, can be loaded without a trap, as far as
 * that is known without looking at masks: up to the first page that can't be read or is no RAM.
 */
export function readableCount(w: Workshop): number {
  return w.m.function('readable', ['i32', 'i64', 'i64'], ['i32'], (c) => {
    const [base, each] = [get(1, 'i64'), get(2, 'i64')];
    const [page, end] = [c.local('i64'), c.local('i64')];
    const next = get(page, 'i64');
    c.if(vl.eq(0), () => c.return(vl));
    const place = placeIn(w, c);
    const bytes = kept(c, vl.to('i64', false).mul(each));
    const inOnePage = base.and(4095).add(bytes).leU(4096);
    c.if(inOnePage.and(isHit(place, base, 1, tlb.load)), () => c.return(vl));
    c.set(end, base.add(bytes));
    c.set(page, base.and(~0xfffn));
    c.block((done) =>
      c.loop((again) => {
        c.brIf(done, next.geU(get(end, 'i64')));
        c.if(call(w.callees.readable, 'i32', hartNumber(hart), next).eq(0), () => {
          c.if(next.leU(base), () => c.return(i32(1)));
          c.return(next.sub(base).divU(each).to('i32', false).maxU(1));
        });
        c.set(page, next.add(4096));
        c.br(again);
      }),
    );
    vl.emit(c);
  });
}
