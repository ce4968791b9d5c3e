/** Vector loads and stores: which function does the work, by how the row addresses memory. */
import type { VectorMemory } from '../../../isa/vector/shapes.js';
import { hart as at } from '../../layout.js';
import type { Code } from '../../wasm/code.js';
import { call, callIndirect, i32, i64, kept, load, type Val } from '../../wasm/value.js';
import { type Direction, directions, ELEMENTS, elementAccess } from './elements.js';
import { scatteredAccess } from './scattered.js';
import { FIELDS, segmentAccess } from './segments.js';
import { hart, lmulPower, registerAt, SEWS, scalarAt, sewNumber, v0, vl, vlenb, vstart } from './state.js';
import { readableCount, unitAccess } from './unit.js';
import { pc, rec, type Workshop, word } from './workshop.js';

/** The functions that memory rows call. Each gives 1 when the host has trapped; vstart is then the element that did. */
export interface MemoryFunctions {
  /** Type of the functions in the table, ELEMENTS. Each stands for four, for elements of 8 to 64 bits. */
  readonly type: number;
  readonly strided: Record<Direction, number>;
  /** For indices of 8 to 64 bits, four times four. */
  readonly indexed: Record<Direction, number>;
  /** By the number of fields. */
  readonly segments: Record<Direction, ReadonlyMap<number, number>>;
  /** See unitAccess; by its index in the module. */
  readonly unit: Record<Direction, number>;
  /** See readableCount. */
  readonly readable: number;
}

/**
 * Write the memory functions.
 * @param table puts functions into the table and gives the index of the first
 */
export function memoryFunctions(w: Workshop, table: (functions: number[]) => number): MemoryFunctions {
  const each = <T>(make: (what: Direction) => T) =>
    Object.fromEntries(directions.map((what) => [what, make(what)])) as Record<Direction, T>;
  const elements = each((what) => elementAccess(w, what, table));
  const strided = each((what) => scatteredAccess(w, what, undefined, elements[what]));
  const stridedAt = each((what) => table(strided[what]));
  return {
    type: w.m.type(ELEMENTS, ['i32']),
    strided: stridedAt,
    indexed: each((what) => table(SEWS.flatMap((_, size) => scatteredAccess(w, what, size, elements[what])))),
    segments: each(
      (what) => new Map(FIELDS.map((fields) => [fields, table(segmentAccess(w, what, fields, strided[what]))])),
    ),
    unit: each((what) => unitAccess(w, what, stridedAt[what])),
    readable: readableCount(w),
  };
}

/** What the function of a memory row depends on; the rest it reads from the instruction word. */
export const memoryKind = (what: Direction, v: VectorMemory) =>
  `${what} ${v.address} ${FIELDS.some((n) => n === v.fields) ? v.fields : v.fields > 1}`;

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
    const readable = kept(c, call(f.readable, 'i32', hart, base, contiguous));
    c.if(first.and(readable.ne(vl)), () => {
      stop(elements(i32(f.strided[what]), contiguous, i32(0), i32(1)));
      c.store('i32', hart, i32(1), at.vstart);
    });
    c.store('i32', hart, readable, at.vl);
  }
  if (!bySegment && (v.address === 'unit' || v.address === 'fault-first')) {
    return void stop(call(f.unit[what], 'i32', hart, pc, base, register, size, mask, vl));
  }
  if (v.address === 'strided')
    return void stop(elements(i32(f.strided[what]), load('i64', scalarAt(rec, 'rs2')), i32(0), vl));
  if (v.address === 'indexed') {
    const table = eew.shl(2).add(f.indexed[what]);
    return void stop(elements(table, i64(0), registerAt(word, 20), vl));
  }
  return void stop(elements(i32(f.segments[what].get(v.fields) ?? f.strided[what]), contiguous, i32(0), vl));

  /** @param first place in the table of the function for elements of 8 bits */
  function elements(first: Val, stride: Val, index: Val, count: Val): Val {
    // A field's group has EMUL = EEW / SEW * LMUL registers, at least one.
    const power = lmulPower().add(size).sub(sewNumber);
    const apart = bySegment ? vlenb.shl(power.maxS(0)) : i32(0);
    const many = bySegment ? fields : i32(1);
    const given = [hart, pc, base, stride, index, eew, register, size, mask, count, many, apart];
    return callIndirect(f.type, 'i32', first.add(size), ...given);
  }
}
