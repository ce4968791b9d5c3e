/** Vector loads and stores element by element, wherever they lie: devices, page faults, misaligned ones. Every fast path ends here when it does not know how. */
import type { Element } from '../../../isa/vocabulary.js';
import { hart as at } from '../../layout.js';
import type { Code } from '../../wasm/code.js';
import { callIndirect, get, i32, i64, load, type Val } from '../../wasm/value.js';
import { type Place, scalar } from '../scalar.js';
import { hart, maskBit, SEWS, vstart } from './state.js';
import type { Workshop } from './workshop.js';

export type Direction = 'load' | 'store';
export const directions = ['load', 'store'] as const;

/**
 * Elements or segments from vstart on: hart, pc, base, stride; index and its element's size, or 0; register, size of an element, mask or 0; how
 * many; fields, and bytes from one field's register group to the next's. Sizes are powers of two. They return 1 when the host has
 * trapped; vstart is then the element that did.
 */
export const ELEMENTS = ['i32', 'i64', 'i64', 'i64', ...Array.from({ length: 8 }, () => 'i32' as const)] as const;

export const elementParameters = {
  pc: get(1, 'i64'),
  base: get(2, 'i64'),
  stride: get(3, 'i64'),
  index: get(4, 'i32'),
  indexSize: get(5, 'i32'),
  register: get(6, 'i32'),
  size: get(7, 'i32'),
  mask: get(8, 'i32'),
  count: get(9, 'i32'),
  fields: get(10, 'i32'),
  apart: get(11, 'i32'),
};

/** A place in a function whose first parameters are hart block and pc, and which returns 1 when the host has trapped. */
export function placeIn(w: Workshop, c: Code): Place {
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

/** Distance of element n from the base, of an index of so many bytes (a power of two); those are zero-extended. */
export const indexed = (index: Val, n: Val, size: number) => {
  const element = `i${8 << size}` as Element;
  return load(element, index.add(n.shl(size))).to('i64', false);
};

/** @param table puts functions into the table and gives the index of the first */
export function elementAccess(w: Workshop, what: Direction, table: (functions: number[]) => number): number {
  const one = SEWS.map((bits) => {
    const element = `i${bits}` as Element;
    return w.m.function(`${what} element ${bits}`, ['i32', 'i64', 'i64', 'i32'], ['i32'], (c) => {
      const [va, register] = [get(2, 'i64'), get(3, 'i32')];
      const { memory } = scalar(placeIn(w, c));
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
  return w.m.function(`${what} elements`, ELEMENTS, ['i32'], (c) => {
    const { base, stride, index, indexSize, register, size, mask, count, fields, apart } = elementParameters;
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
            () =>
              c.switch(
                indexSize,
                SEWS.map((_, k) => () => void c.set(offset, indexed(index, n, k))),
              ),
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
