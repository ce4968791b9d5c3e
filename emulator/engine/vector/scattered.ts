/** Strided and indexed loads and stores, of what the TLB knows without a call; every other element is elements.ts's. */
import type { Element } from '../../../isa/vocabulary.js';
import { hart as at, tlb } from '../../layout.js';
import type { Code, Label } from '../../wasm/code.js';
import { call, get, i32, kept, load, type Val } from '../../wasm/value.js';
import { isHit, onHit, type Place } from '../scalar.js';
import { type Direction, ELEMENTS, elementParameters, indexed, placeIn } from './elements.js';
import { hart, maskBit, SEWS, vstart } from './state.js';
import type { Workshop } from './workshop.js';

/** Strided elements: of so many bytes (a power of two), from which address on, how far apart, where they are in the registers, how many. */
export interface Strided {
  readonly what: Direction;
  readonly size: number;
  readonly base: Val;
  readonly stride: Val;
  readonly register: Val;
  readonly count: Val;
}

/** Elements that are copied without a look whether they are the last. */
const AT_ONCE = 4;

/**
 * Functions of the type ELEMENTS, for the sizes of an element side by side.
 * @param indexSize of an index's element, a power of two; undefined: strided
 * @param elements the function that can do it all
 */
export const scatteredAccess = (w: Workshop, what: Direction, indexSize: number | undefined, elements: number) =>
  SEWS.map((bits, size) =>
    w.m.function(
      `${what} ${bits} ${indexSize === undefined ? 'strided' : `indexed ${8 << indexSize}`}`,
      ELEMENTS,
      ['i32'],
      (c) => scattered(w, c, what, size, indexSize, elements),
    ),
  );

function scattered(
  w: Workshop,
  c: Code,
  what: Direction,
  size: number,
  indexSize: number | undefined,
  elements: number,
): void {
  const { base, stride, index, register, mask, count, fields, apart } = elementParameters;
  const bytes = 1 << size;
  const place = { ...placeIn(w, c), dataTlb: kept(c, load('i32', hart, at.dataTlb)) };
  const table = what === 'load' ? tlb.load : tlb.store;
  const [i, va, there, here, field] = [c.local('i32'), c.local('i64'), c.local('i32'), c.local('i32'), c.local('i32')];
  const [n, address] = [get(i, 'i32'), get(va, 'i64')];
  c.set(i, vstart);
  if (indexSize === undefined) {
    c.block((otherwise) => {
      c.brIf(otherwise, mask.or(fields.ne(1)).or(n.geU(count)));
      inOnePage(c, place, { what, size, base, stride, register, count }, i, otherwise);
    });
  }
  c.block((done) =>
    c.loop((again) => {
      c.brIf(done, n.geU(count));
      c.block((inactive) => {
        c.if(mask, () => c.brIf(inactive, maskBit(mask, n).eq(0)));
        c.set(va, base.add(indexSize === undefined ? stride.mul(n.to('i64', false)) : indexed(index, n, indexSize)));
        const beyond = address.to('i32', false).and(4095).add(fields.shl(size)).gtU(4096);
        c.if(
          isHit(place, address, bytes, table).eq(0).or(fields.gtU(1).and(beyond)),
          () => {
            c.store('i32', hart, n, at.vstart);
            const all = ELEMENTS.map((shape, k) => (k === 9 ? n.add(1) : get(k, shape)));
            c.if(call(elements, 'i32', ...all), () => c.return(i32(1)));
          },
          () => {
            c.set(there, onHit(place, address, table)).set(here, register.add(n.shl(size)));
            c.set(field, fields);
            c.loop((next) => {
              copyElement(c, what, size, get(there, 'i32'), get(here, 'i32'));
              c.set(field, get(field, 'i32').sub(1));
              c.if(get(field, 'i32'), () => {
                c.set(there, get(there, 'i32').add(bytes)).set(here, get(here, 'i32').add(apart));
                c.br(next);
              });
            });
          },
        );
      });
      c.set(i, n.add(1));
      c.br(again);
    }),
  );
  i32(0).emit(c);
}

/**
 * Strided elements that all lie in one page of the TLB: one look.
 * @param i local with the number of the first that is not done; there is one
 * @param otherwise where control goes before the first of them, when they do not
 */
export function inOnePage(
  c: Code,
  place: Pick<Place, 'dataTlb'>,
  { what, size, base, stride, register, count }: Strided,
  i: number,
  otherwise: Label,
): void {
  const table = what === 'load' ? tlb.load : tlb.store;
  const bytes = 1 << size;
  const n = get(i, 'i32');
  const [there, here] = [c.local('i32'), c.local('i32')];
  const [inMemory, inRegister] = [get(there, 'i32'), get(here, 'i32')];
  // A stride of less than a page: between its ends nothing lies elsewhere.
  const far = stride.add(4096).gtU(8192);
  c.brIf(otherwise, far.or(stride.to('i32', false).and(bytes - 1)));
  const first = kept(c, base.add(stride.mul(n.to('i64', false))));
  const last = base.add(stride.mul(count.sub(1).to('i64', false)));
  const elsewhere = first.xor(last).gtU(4095);
  c.brIf(otherwise, elsewhere.or(isHit(place as Place, first, bytes, table).eq(0)));
  const by = kept(c, stride.to('i32', false));
  c.set(there, onHit(place as Place, first, table)).set(here, register.add(n.shl(size)));
  const step = () => {
    copyElement(c, what, size, inMemory, inRegister);
    c.set(there, inMemory.add(by)).set(here, inRegister.add(bytes));
  };
  const many = (each: number) =>
    c.block((done) =>
      c.loop((again) => {
        c.brIf(done, count.sub(n).ltU(each));
        for (let k = 0; k < each; k++) step();
        c.set(i, n.add(each));
        c.br(again);
      }),
    );
  many(AT_ONCE);
  many(1);
}

function copyElement(c: Code, what: Direction, size: number, inMemory: Val, inRegister: Val): void {
  const element = `i${8 << size}` as Element;
  const [to, from] = what === 'load' ? [inRegister, inMemory] : [inMemory, inRegister];
  c.store(element, to, load(element, from));
}
