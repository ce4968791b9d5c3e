/** Rows outside the loop: a function each, (hart block, record, pc) → 0 to go on, 1 when the host has changed pc or mode. */
import { isImmediate, isSigned, operandNames, operands } from '../../isa/operands.js';
import type { Bits, Instruction, OperandKind } from '../../isa/types.js';
import type { Float } from '../../isa/vocabulary.js';
import { hart as at, record } from '../layout.js';
import type { Code } from '../wasm/code.js';
import type { Module } from '../wasm/module.js';
import { call, get, i32, load, type Val } from '../wasm/value.js';
import { floatCsrAccess } from './float-csrs.js';
import { vectorCsrRead } from './vector-csrs.js';
import { headFunctions, outlinedRows, systemHandlers } from './handlers.js';
import { type Callees, hartNumber, type Place, scalar } from './scalar.js';
import { unitOf } from '../units.js';
import { paths } from './trap-paths.js';
import { isOff, unitRegisters } from './unit.js';

/** Floating-point operations at a place in a function; made by float.ts. */
export type FloatAt = (place: Place) => Float;

/** The place of a function outside the loop: its parameters are hart block, record and pc; it returns 1 when the host trapped. */
export function outlinedPlace(c: Code, callees: Callees, floatAt: FloatAt): Place {
  const hart = get(0, 'i32');
  const pc = get(2, 'i64');
  const place: Omit<Place, 'float'> = {
    c,
    callees,
    hart,
    record: get(1, 'i32'),
    pc,
    nextPc: pc.add(load('i8', get(1, 'i32'), record.step).shrU(3).to('i64', false)),
    dataTlb: load('i32', hart, at.dataTlb),
    // The loop has made `left` known before the call and reads it afterwards.
    beforeHost: () => {},
    afterHost: () => {},
    trapped: () => c.return(i32(1)),
  };
  return Object.defineProperty(place, 'float', { get: () => floatAt(place as Place) }) as Place;
}

/** End the function with an illegal-instruction trap. */
export function illegal({ c, callees, hart, record: rec, pc }: Place): void {
  c.return(call(callees.system, 'i32', hartNumber(hart), pc, rec, i32(systemHandlers.indexOf('illegal'))));
}

/** The operand that names a rounding mode, if the row has one. */
const roundingName = (row: Instruction) => operandNames(row).find((name) => operands[name].class === 'rounding');

/** The rounding mode in force: that of the instruction, or frm's when it says 7 (dyn). A number that is no mode is an illegal instruction. */
function rounding(place: Place): Val {
  const { c } = place;
  const local = c.local('i32');
  const mode = get(local, 'i32');
  c.set(local, load('i32', place.record, record.word).shrU(12).and(7));
  c.if(mode.eq(7), () => c.set(local, load('i32', place.hart, at.frm)));
  c.if(mode.gtU(4), () => illegal(place));
  return mode;
}

/** The row's immediate, put together from the instruction word: the record has no room for it. */
export function immediate(row: Instruction, rec: Val): { imm?: Val } {
  const name = operandNames(row).find((each) => isImmediate(operands[each].class));
  if (!name) return {};
  const kind: OperandKind = operands[name];
  const word = load('i32', rec, record.word);
  const piece = ([high, low]: Bits, signed: boolean) => {
    const top = word.shl(31 - high);
    return signed ? top.shrS(31 - high + low) : top.shrU(31 - high + low);
  };
  const value = kind.pieces
    .map((bits, n) => ({ bits, value: piece(bits, n === 0 && isSigned(kind)) }))
    .reduce((all, next) => ({ ...next, value: all.value.shl(next.bits[0] - next.bits[1] + 1).or(next.value) })).value;
  return { imm: value.shl(kind.scale ?? 0).to('i64', true) };
}

const usesFloat = (row: Instruction) => operandNames(row).some((name) => operands[name].class === 'f');

/**
 * The functions of all rows outside the loop, in the order of `outlinedRows`, behind those that call the host for cold rows.
 * @returns their function indices, table order
 */
export function outlined(m: Module, callees: Callees, floatAt: FloatAt): number[] {
  const head = headFunctions.map((name) =>
    m.function(name, ['i32', 'i32', 'i64'], ['i32'], (c) => {
      const [h, rec, pc] = [get(0, 'i32'), get(1, 'i32'), get(2, 'i64')];
      if (name === 'system') {
        floatCsrAccess(c, h, rec);
        vectorCsrRead(c, h, rec);
      } else paths[name](c, h, rec, pc);
      call(callees.system, 'i32', hartNumber(h), pc, rec, load('i16', rec, record.extra)).emit(c);
    }),
  );
  const functions = outlinedRows.map((row) =>
    m.function(row.name, ['i32', 'i32', 'i64'], ['i32'], (c) => {
      const place = outlinedPlace(c, callees, floatAt);
      if (usesFloat(row)) c.if(load('i32', place.hart, at.fs).eq(0), () => illegal(place));
      const unit = unitOf(row);
      if (unit) c.if(isOff(unit, place.hart), () => illegal(place));
      const here = {
        ...place,
        ...(roundingName(row) && { rounding: rounding(place) }),
        ...immediate(row, place.record),
        ...(unit && { unit: unitRegisters(unit, place) }),
      };
      if (row.semantics.kind === 'plain') row.semantics.run(scalar({ ...here, float: floatAt(here) }));
      i32(0).emit(c);
    }),
  );
  return [...head, ...functions];
}
