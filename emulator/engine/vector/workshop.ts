/** What the writers of vector functions share: the module, the functions of others, and how a vector function begins and ends. */

import type { Instruction } from '../../../isa/types.js';
import type { Float, Value } from '../../../isa/vocabulary.js';
import { hart as at, record } from '../../layout.js';
import type { Code } from '../../wasm/code.js';
import type { Module } from '../../wasm/module.js';
import { call, get, i32, i64, load, Val } from '../../wasm/value.js';
import { type FloatAt, illegal, outlinedPlace } from '../outlined.js';
import { type Callees, hartNumber, type Place } from '../scalar.js';
import { ignoresVtype, needsVstartZero, usesFloat, vectorOf } from '../../../isa/vector/legality.js';
import { hart, LOOP, vl, vstart, vtype } from './state.js';

export interface Workshop {
  readonly m: Module;
  readonly callees: Callees;
  readonly floatAt: FloatAt;
  /** Function type of the loops; see `LOOP`. */
  readonly loop: number;
  /** The platform's relaxed multiply-add rounds once. */
  readonly fused: boolean;
}

export function workshop(m: Module, callees: Callees, floatAt: FloatAt, fused: boolean): Workshop {
  return { m, callees, floatAt, loop: m.type(...LOOP), fused };
}

/** A function of the loop type. */
export const loopFunction = (w: Workshop, name: string, body: (c: Code) => void) => w.m.function(name, ...LOOP, body);

/** Floating point inside a loop: rounded by frm, which was found valid. */
export function floatIn(w: Workshop, c: Code): Float {
  const nowhere = new Val('i32', () => {
    throw new Error('a vector loop has no record');
  });
  const place: Omit<Place, 'float'> = {
    c,
    callees: w.callees,
    hart,
    record: nowhere,
    pc: i64(0),
    nextPc: i64(0),
    dataTlb: nowhere,
    beforeHost: () => {},
    afterHost: () => {},
    trapped: () => c.unreachable(),
    rounding: load('i32', hart, at.frm),
  };
  return w.floatAt(place as Place);
}

/** High half of a product of two elements. */
export function mulHighOf(w: Workshop, a: Value, b: Value, aSigned: boolean, bSigned: boolean): Value {
  const bits = { i8: 8, i16: 16, i32: 32 }[a.shape as string];
  if (bits)
    return a
      .to('i64', aSigned)
      .mul(b.to('i64', bSigned))
      .shrU(bits)
      .to(a.shape as 'i8', false);
  let product: Value = call(w.callees.mulHighUnsigned, 'i64', a as Val, b as Val);
  if (aSigned) product = product.sub(a.shrS(63).and(b));
  if (bSigned) product = product.sub(b.shrS(63).and(a));
  return product;
}

/** A half of the product of two i64 as polynomials over bits. */
export const carrylessOf = (w: Workshop, half: 'low' | 'high', a: Value, b: Value): Val =>
  call(w.callees.carryless[half], 'i64', a as Val, b as Val);

/** Functions of rows: hart block, record, pc; 1 when the host has trapped. */
export const ROW = [['i32', 'i32', 'i64'], ['i32']] as const;
/** The record, and the instruction word in it. */
export const rec = get(1, 'i32');
export const word = load('i32', rec, record.word);
export const pc = get(2, 'i64');

/**
 * What a record remembers when its instruction was found legal under the vtype in force. vill is never remembered.
 * emulator/engine/vector/legal.ts writes it.
 */
export const legalKey = (vtypeBits: number) => (vtypeBits & 0xff) | 0x100;

/**
 * The beginning of a row's function: vector unit on, and legal under the vtype in force. The host judges (and traps) unless the record
 * remembers that it did so under this vtype.
 */
export function prologue(w: Workshop, c: Code, row: Instruction): void {
  const place = outlinedPlace(c, w.callees, w.floatAt);
  c.if(load('i32', hart, at.vs).eq(0), () => illegal(place));
  const known = load('i16', rec, record.extra).as('i32');
  const key = ignoresVtype(row)
    ? i32(legalKey(0))
    : vtype
        .and(0xff)
        .or(0x100)
        .or(load('i32', hart, at.vtype + 4).and(-0x8000_0000));
  let unsure: Value = known.ne(key);
  if (needsVstartZero(row)) unsure = unsure.or(vstart);
  const v = vectorOf(row);
  if (v.shape === 'element-group') unsure = unsure.or(vl.or(vstart).and(v.size - 1));
  if (usesFloat(row) !== 'no') unsure = unsure.or(load('i32', hart, at.fs).eq(0));
  if (usesFloat(row) === 'computes') unsure = unsure.or(load('i32', hart, at.frm).gtU(4));
  c.if(unsure as Val, () => {
    c.if(call(w.callees.vectorLegal, 'i32', hartNumber(hart), rec, pc).eq(0), () => c.return(i32(1)));
  });
}

/** The end: vstart is 0 again, the vector state changed. */
export function epilogue(c: Code, row: Instruction): void {
  c.store('i32', hart, i32(0), at.vstart);
  c.store('i32', hart, i32(3), at.vs);
  if (usesFloat(row) === 'computes') c.store('i32', hart, i32(3), at.fs); // fflags may have changed
  i32(0).emit(c);
}
