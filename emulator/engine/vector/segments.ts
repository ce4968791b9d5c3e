/** Loads and stores of segments that lie side by side in one page: sixteen bytes of each field in one go, put together from as many of each part of memory. */
import { hart as at, tlb } from '../../layout.js';
import { simd } from '../../wasm/opcodes.js';
import { call, get, i32, kept, load, Val } from '../../wasm/value.js';
import { isHit, onHit } from '../scalar.js';
import { type Direction, ELEMENTS, elementParameters, placeIn } from './elements.js';
import { hart, SEWS, vstart } from './state.js';
import type { Workshop } from './workshop.js';

/** Numbers of fields that have functions of their own. */
export const FIELDS = [2, 3, 4, 8] as const;

/** Of one part, sixteen bytes that another part has too: -1 where none of its bytes goes. */
type Choice = readonly number[];

/** Bytes of `from`'s part that go to the sixteen of `to`. @param where part and place in it that byte n of `to` comes from */
const choice = (from: number, where: (n: number) => readonly [part: number, place: number]): Choice =>
  Array.from({ length: 16 }, (_, n) => {
    const [part, place] = where(n);
    return part === from ? place : -1;
  });

/** Where byte n of field f's sixteen bytes lies in memory: which sixteen, and which of them. */
const inMemory = (fields: number, bytes: number, f: number) => (n: number) => {
  const at = (Math.floor(n / bytes) * fields + f) * bytes + (n % bytes);
  return [at >> 4, at & 15] as const;
};
/** Where byte n of memory's sixteen bytes number `part` lies in the fields: of which, and which of its sixteen. */
const inFields = (fields: number, bytes: number, part: number) => (n: number) => {
  const at = 16 * part + n;
  const element = Math.floor(at / bytes);
  return [element % fields, Math.floor(element / fields) * bytes + (at % bytes)] as const;
};

/** Bytes chosen from several parts. */
function gathered(parts: readonly Val[], where: (n: number) => readonly [number, number]): Val {
  const chosen = parts.flatMap((part, from) => {
    const bytes = choice(from, where);
    if (bytes.every((byte) => byte < 0)) return [];
    return [
      new Val('i8*', (c) => {
        part.emit(c);
        c.op(...simd(12), ...bytes.map((byte) => byte & 0xff), ...simd(14)); // i8x16.swizzle
      }),
    ];
  });
  return chosen.reduce((all, one) => all.or(one));
}

/**
 * Functions of the type ELEMENTS, for the sizes of an element side by side; their index and stride are of no meaning.
 * @param elements for what is left, by the size of an element
 */
export const segmentAccess = (w: Workshop, what: Direction, fields: number, elements: readonly number[]) =>
  SEWS.map((bits, size) =>
    w.m.function(`${what} ${fields} fields ${bits}`, ELEMENTS, ['i32'], (c) => {
      const { base, register, mask, count, apart } = elementParameters;
      const place = placeIn(w, c);
      const table = what === 'load' ? tlb.load : tlb.store;
      const bytes = 1 << size;
      const per = 16 / bytes;
      const [i, there, here] = [c.local('i32'), c.local('i32'), c.local('i32')];
      const n = get(i, 'i32');
      const groups = Array.from({ length: fields }, (_, f) => (f ? kept(c, apart.mul(f)) : i32(0)));
      const fieldAt = (f: number) => (f ? get(here, 'i32').add(groups[f]!) : get(here, 'i32'));
      c.block((otherwise) => {
        c.brIf(otherwise, mask.or(vstart));
        const end = base
          .to('i32', false)
          .and(4095)
          .add(count.mul(fields * bytes));
        c.brIf(otherwise, end.gtU(4096).or(isHit(place, base, bytes, table).eq(0)));
        c.set(there, onHit(place, base, table))
          .set(here, register)
          .set(i, i32(0));
        c.block((done) =>
          c.loop((again) => {
            c.brIf(done, count.sub(n).ltU(per));
            c.scope(() => {
              const parts = Array.from({ length: fields }, (_, k) =>
                kept(c, what === 'load' ? load('i8*', get(there, 'i32'), 16 * k) : load('i8*', fieldAt(k))),
              );
              for (let k = 0; k < fields; k++) {
                if (what === 'load') c.store('i8*', fieldAt(k), gathered(parts, inMemory(fields, bytes, k)));
                else c.store('i8*', get(there, 'i32'), gathered(parts, inFields(fields, bytes, k)), 16 * k);
              }
            });
            c.set(there, get(there, 'i32').add(16 * fields)).set(here, get(here, 'i32').add(16));
            c.set(i, n.add(per));
            c.br(again);
          }),
        );
        c.store('i32', hart, n, at.vstart);
      });
      call(elements[size]!, 'i32', ...ELEMENTS.map((shape, k) => get(k, shape))).emit(c);
    }),
  );
