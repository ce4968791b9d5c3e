/** Strided and indexed loads and stores, of what the TLB knows without a call; every other element is elements.ts's. */
import type { Element } from '../../../isa/vocabulary.js';
import { hart as at, tlb } from '../../layout.js';
import type { Code, Label } from '../../wasm/code.js';
import { call, get, i32, i64, kept, load, type Val } from '../../wasm/value.js';
import { pageMasks } from '../page-masks.js';
import { isHit, onHit, type Place } from '../scalar.js';
import { type Direction, ELEMENTS, elementParameters, indexed, placeIn } from './elements.js';
import { hart, maskBit, SEWS, vstart } from './state.js';
import type { Workshop } from './workshop.js';

/**
 * Strided elements: of so many bytes (a power of two), from which address on, how far apart, where they are in the registers, how many; and the bits of an
 * address that tell its page (page-masks.ts).
 */
export interface Strided {
  readonly what: Direction;
  readonly size: number;
  readonly base: Val;
  readonly stride: Val;
  readonly register: Val;
  readonly count: Val;
  readonly pageBits: Val;
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
  const pageBits = pageMasks(c, hart)[what];
  c.set(i, vstart);
  if (indexSize === undefined) {
    c.block((otherwise) => {
      c.brIf(otherwise, mask.or(fields.ne(1)).or(n.geU(count)));
      inOnePage(c, place, { what, size, base, stride, register, count, pageBits }, i, otherwise);
    });
  }
  const tag = kept(c, pageBits.or(bytes - 1));
  // The page of the last element, and what to add to an address there.
  const [page, difference] = [c.local('i64'), c.local('i32')];
  const forget = () => c.set(page, i64(tlb.empty));
  forget();
  /** The address is in the page that is known from here on, and so is its place. */
  const find = (otherwise: Label) => {
    c.rarely(get(page, 'i64').ne(address.and(tag)), () => {
      c.brIf(otherwise, isHit(place, address, bytes, table).eq(0));
      c.set(page, address.and(tag));
      c.set(difference, onHit(place, address, table).sub(address.to('i32', false)));
    });
    c.set(there, address.to('i32', false).add(get(difference, 'i32')));
  };
  if (indexSize !== undefined) {
    // Nothing to decide for each element but where it lies.
    c.block((otherwise) => {
      c.brIf(otherwise, mask.or(fields.ne(1)));
      const [from, end] = [c.local('i32'), kept(c, index.add(count.shl(indexSize)))];
      const at = get(from, 'i32');
      c.set(from, index.add(n.shl(indexSize))).set(here, register.add(n.shl(size)));
      c.block((done) =>
        c.loop((again) => {
          c.brIf(done, at.geU(end));
          c.set(va, base.add(load(`i${8 << indexSize}` as Element, at).to('i64', false)));
          c.block((slow) => {
            find(slow);
            copyElement(c, what, size, get(there, 'i32'), get(here, 'i32'));
            c.set(from, at.add(1 << indexSize)).set(here, get(here, 'i32').add(bytes));
            c.br(again);
          });
        }),
      );
      c.set(i, at.sub(index).shrU(indexSize));
    });
  }
  c.block((done) =>
    c.loop((again) => {
      c.brIf(done, n.geU(count));
      c.block((next) => {
        c.if(mask, () => c.brIf(next, maskBit(mask, n).eq(0)));
        c.set(va, base.add(indexSize === undefined ? stride.mul(n.to('i64', false)) : indexed(index, n, indexSize)));
        c.block((slow) => {
          find(slow);
          c.set(here, register.add(n.shl(size)));
          c.if(
            fields.eq(1),
            () => copyElement(c, what, size, get(there, 'i32'), get(here, 'i32')),
            () => {
              c.brIf(slow, address.to('i32', false).and(4095).add(fields.shl(size)).gtU(4096));
              c.set(field, fields);
              c.loop((further) => {
                copyElement(c, what, size, get(there, 'i32'), get(here, 'i32'));
                c.set(there, get(there, 'i32').add(bytes)).set(here, get(here, 'i32').add(apart));
                c.set(field, get(field, 'i32').sub(1));
                c.brIf(further, get(field, 'i32'));
              });
            },
          );
          c.br(next);
        });
        c.store('i32', hart, n, at.vstart);
        const all = ELEMENTS.map((shape, k) => (k === 9 ? n.add(1) : get(k, shape)));
        c.if(call(elements, 'i32', ...all), () => c.return(i32(1)));
        // The TLB may be another.
        forget();
      });
      c.set(i, n.add(1));
      c.br(again);
    }),
  );
  i32(0).emit(c);
}

/**
 * Strided elements that all lie in one page of the TLB, or where all pages are alike: one look.
 * @param i local with the number of the first that is not done; there is one
 * @param otherwise where control goes before the first of them, when they do not
 */
export function inOnePage(
  c: Code,
  place: Pick<Place, 'dataTlb'>,
  { what, size, base, stride, register, count, pageBits }: Strided,
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
  const elsewhere = first.xor(last).and(pageBits).ne(0);
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
