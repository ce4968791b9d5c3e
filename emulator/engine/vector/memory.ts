/** Vector loads and stores: runs of consecutive elements page by page, everything else element by element. */

import type { VectorMemory } from '../../../isa/vector/shapes.js';
import type { Element } from '../../../isa/vocabulary.js';
import { hart as at, tlb } from '../../layout.js';
import type { Code } from '../../wasm/code.js';
import { call, callIndirect, get, i32, i64, kept, load, type Val } from '../../wasm/value.js';
import { NOT_RAM, Reach } from '../host.js';
import { hartNumber, isHit, onHit, type Place, scalar } from '../scalar.js';
import { copyUp } from './moves.js';
import { hart, lmulPower, maskBit, registerAt, SEWS, scalarAt, sewNumber, v0, vl, vlenb, vstart } from './state.js';
import { pc, rec, type Workshop, word } from './workshop.js';

type Direction = 'load' | 'store';

/** The functions that memory rows call. Each gives 1 when the host has trapped; vstart is then the element that did. */
export interface MemoryFunctions {
  /**
   * (hart, pc, base, stride, index, index size, register, element size, mask, count, fields, bytes from one field's register group to
   * the next's); sizes as powers of two.
   */
  readonly elements: Record<Direction, number>;
  /** (hart, pc, base, register, element size, mask, count). */
  readonly unit: Record<Direction, number>;
  /** See readableCount. */
  readonly readable: number;
}

/** A place in a function whose first parameters are hart block and pc, and which returns 1 when the host has trapped. */
function placeIn(w: Workshop, c: Code): Place {
  const place: Omit<Place, 'float' | 'record' | 'nextPc'> = {
    c,
    callees: w.callees,
    hart,
    pc: get(1, 'i64'),
    dataTlb: load('i32', hart, at.dataTlb),
    beforeHost: () => {},
    afterHost: () => {},
    trapped: () => c.return(i32(1)),
  };
  return place as Place;
}

/**
 * Write the memory functions.
 * @param table puts functions into the table and gives the index of the first
 */
export function memoryFunctions(w: Workshop, table: (functions: number[]) => number): MemoryFunctions {
  const elements = { load: elementAccess(w, 'load', table), store: elementAccess(w, 'store', table) };
  return {
    elements,
    unit: { load: unitAccess(w, 'load', elements), store: unitAccess(w, 'store', elements) },
    readable: readableCount(w),
  };
}

function elementAccess(w: Workshop, what: Direction, table: (functions: number[]) => number): number {
  const one = SEWS.map((bits) => {
    const element = `i${bits}` as Element;
    return w.m.function(`${what} element ${bits}`, ['i32', 'i64', 'i64', 'i32'], ['i32'], (c) => {
      const [va, register] = [get(2, 'i64'), get(3, 'i32')];
      const { memory } = memoryOf(placeIn(w, c));
      if (what === 'store') memory.store(element, va, load(element, register));
      else {
        // The value before the register's address: a trap leaves the register alone.
        const value = c.local(element);
        c.set(value, memory.load(element, va) as Val);
        c.store(element, register, get(value, element));
      }
      i32(0).emit(c);
    });
  });
  const first = table(one);
  const type = w.m.type(['i32', 'i64', 'i64', 'i32'], ['i32']);
  const i32s = Array.from({ length: 8 }, () => 'i32' as const);
  const parameters = ['i32', 'i64', 'i64', 'i64', ...i32s] as const;
  return w.m.function(`${what} elements`, parameters, ['i32'], (c) => {
    const [base, stride] = [get(2, 'i64'), get(3, 'i64')];
    const [index, indexSize, register, size, mask, count, fields, apart] = i32s.map((_, n) => get(4 + n, 'i32')) as [
      Val,
      Val,
      Val,
      Val,
      Val,
      Val,
      Val,
      Val,
    ];
    const [i, offset, field, where] = [c.local('i32'), c.local('i64'), c.local('i32'), c.local('i32')];
    const n = get(i, 'i32');
    c.set(i, vstart);
    c.block((done) =>
      c.loop((again) => {
        c.brIf(done, n.geU(count));
        c.block((inactive) => {
          c.if(mask, () => c.brIf(inactive, maskBit(mask, n).eq(0)));
          c.if(
            index,
            () => {
              // Zero-extended: the bits above the index's width are shifted out.
              const unused = i32(64).sub(i32(8).shl(indexSize)).to('i64', false);
              const raw = load('i64', index.add(n.shl(indexSize)));
              c.set(offset, raw.shl(unused).shrU(unused));
            },
            () => c.set(offset, stride.mul(n.to('i64', false))),
          );
          c.store('i32', hart, n, at.vstart);
          c.set(offset, base.add(get(offset, 'i64')));
          c.set(where, register.add(n.shl(size))).set(field, fields);
          const access = size.add(first);
          const trapped = callIndirect(type, 'i32', access, hart, get(1, 'i64'), get(offset, 'i64'), get(where, 'i32'));
          c.loop((next) => {
            c.if(trapped, () => c.return(i32(1)));
            c.set(offset, get(offset, 'i64').add(i64(1).shl(size.to('i64', false))));
            c.set(where, get(where, 'i32').add(apart)).set(field, get(field, 'i32').sub(1));
            c.brIf(next, get(field, 'i32'));
          });
        });
        c.set(i, n.add(1));
        c.br(again);
      }),
    );
    i32(0).emit(c);
  });
}

const memoryOf = (place: Place) => scalar(place);

function unitAccess(w: Workshop, what: Direction, elements: Record<Direction, number>): number {
  const table = what === 'load' ? tlb.load : tlb.store;
  const purpose = what === 'load' ? Reach.read : Reach.write;
  return w.m.function(`${what} unit`, ['i32', 'i64', 'i64', 'i32', 'i32', 'i32', 'i32'], ['i32'], (c) => {
    const place = placeIn(w, c);
    const [base, register, size, mask, count] = [
      get(2, 'i64'),
      get(3, 'i32'),
      get(4, 'i32'),
      get(5, 'i32'),
      get(6, 'i32'),
    ];
    const va = c.local('i64');
    const [bytes, chunk, memory, here, end] = [0, 0, 0, 0, 0].map(() => c.local('i32')) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const unaligned = base.to('i32', false).and(i32(1).shl(size).sub(1));
    c.block((byElement) => {
      c.brIf(byElement, mask.or(unaligned));
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
            c.brIf(byElement, get(memory, 'i32').eq(NOT_RAM));
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
    call(
      elements[what],
      'i32',
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

/** What the function of a memory row depends on; the rest it reads from the instruction word. */
export const memoryKind = (what: Direction, v: VectorMemory) =>
  `${what} ${v.address}${v.fields > 1 ? ' segments' : ''}`;

/** The body of the loads or stores of one kind: EEW, registers and number of fields come from the instruction word. */
export function memoryBody(c: Code, f: MemoryFunctions, what: Direction, v: VectorMemory): void {
  // Before anything can trap: what was loaded until then, and vstart, are changes.
  c.store('i32', hart, i32(3), at.vs);
  /** The width field's low bits are the EEW's power of two, in bytes. */
  const eew = word.shrU(12).and(3);
  const fields = word.shrU(29).add(1);
  const size = v.address === 'indexed' ? sewNumber : eew;
  const base = load('i64', scalarAt(rec, 'rs1'));
  const register = registerAt(word, 7);
  const mask = v.address === 'mask' || v.address === 'whole' ? i32(0) : word.and(1 << 25).choose(0, v0);
  const stop = (trapped: Val) => c.if(trapped, () => c.return(i32(1)));

  const whole = call(f.unit[what], 'i32', hart, pc, base, register, size, mask, vlenb.mul(fields).shrU(eew));
  if (v.address === 'whole') return void stop(whole);
  if (v.address === 'mask') {
    return void stop(call(f.unit[what], 'i32', hart, pc, base, register, size, mask, vl.add(7).shrU(3)));
  }
  const bySegment = v.fields > 1;
  const contiguous = (bySegment ? fields : i32(1)).shl(size).to('i64', false);
  if (v.address === 'fault-first') {
    // Element 0 may trap. What lies behind is looked at first; then nothing of it traps.
    const first = kept(c, vstart.eq(0).and(vl.ne(0)));
    c.if(first, () => stop(elements(contiguous, i32(0), i32(1))));
    c.store('i32', hart, call(f.readable, 'i32', hart, base, contiguous), at.vl);
    c.if(first, () => c.store('i32', hart, i32(1), at.vstart));
  }
  if (!bySegment && (v.address === 'unit' || v.address === 'fault-first')) {
    return void stop(call(f.unit[what], 'i32', hart, pc, base, register, size, mask, vl));
  }
  if (v.address === 'strided') return void stop(elements(load('i64', scalarAt(rec, 'rs2')), i32(0), vl));
  if (v.address === 'indexed') return void stop(elements(i64(0), registerAt(word, 20), vl));
  return void stop(elements(contiguous, i32(0), vl));

  function elements(stride: Val, index: Val, count: Val): Val {
    // A field's group has EMUL = EEW / SEW * LMUL registers, at least one.
    const power = lmulPower().add(size).sub(sewNumber);
    const apart = bySegment ? vlenb.shl(power.maxS(0)) : i32(0);
    const many = bySegment ? fields : i32(1);
    return call(f.elements[what], 'i32', hart, pc, base, stride, index, eew, register, size, mask, count, many, apart);
  }
}

/**
 * (hart, base, bytes of an element or segment) → how many of vl's elements, at least one, can be loaded without a trap, as far as
 * that is known without looking at masks: up to the first page that can't be read or is no RAM.
 */
function readableCount(w: Workshop): number {
  return w.m.function('readable', ['i32', 'i64', 'i64'], ['i32'], (c) => {
    const [base, each] = [get(1, 'i64'), get(2, 'i64')];
    const [page, end] = [c.local('i64'), c.local('i64')];
    const next = get(page, 'i64');
    c.if(vl.eq(0), () => c.return(vl));
    c.set(end, base.add(vl.to('i64', false).mul(each)));
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
