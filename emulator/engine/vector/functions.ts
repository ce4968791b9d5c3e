/** The functions of the vector rows: beginning, operands, the loop of the row's shape, end. */
import { operandNames } from '../../../isa/operands.js';
import type { Instruction } from '../../../isa/types.js';
import type { VectorSemantics } from '../../../isa/vector/shapes.js';
import { hart as at } from '../../layout.js';
import type { Module } from '../../wasm/module.js';
import { call, callIndirect, get, i32, i64, load, type Val } from '../../wasm/value.js';
import { tableIndex, vectorRows } from '../handlers.js';
import { type FloatAt, immediate } from '../outlined.js';
import { type Callees, unbox } from '../scalar.js';
import { configureBody, configurer } from './configure.js';
import { elementLoop, maskWriter } from './element-wise.js';
import { reductionLoop } from './folds.js';
import { groupLoop } from './groups.js';
import { vectorOf } from '../../../isa/vector/legality.js';
import { memoryBody, memoryFunctions, memoryKind } from './memory.js';
import { scalarMoveLoop, wholeMoveLoop } from './moves.js';
import { compressLoop, maskLogicalLoop, scanLoop } from './scans.js';
import { hart, registerAt, SEWS, scalarAt, sewNumber, v0 } from './state.js';
import { epilogue, loopFunction, prologue, ROW, rec, word, workshop } from './workshop.js';

/**
 * One function per vector row, in the order of `vectorRows`: (hart block, record, pc) → 0 to go on, 1 when the host has trapped.
 * Behind them the functions that these call through the table, a row's loops for the four SEWs side by side.
 */
export function vectorFunctions(m: Module, callees: Callees, floatAt: FloatAt, fused: boolean): number[] {
  const w = workshop(m, callees, floatAt, fused);
  const called: number[] = [];
  const firstCalled = vectorRows.length ? tableIndex(vectorRows[0]!) + vectorRows.length : 0;
  const table = (functions: number[]) => firstCalled + called.push(...functions) - functions.length;

  const setBit = maskWriter(w);
  const splat = splatter(m);
  const configure = configurer(w);
  const memory = memoryFunctions(w, table);
  /** In place of loops that legality keeps from being called. */
  const never = loopFunction(w, 'never', (c) => void c.unreachable());

  /** The loops of a meaning: the forms of an instruction share it. */
  const known = new Map<VectorSemantics, number>();
  const loopsOf = (row: Instruction, v: VectorSemantics): number => {
    let first = known.get(v);
    if (first === undefined) {
      const loops = SEWS.map((sew) => loopOf(row, v, sew) ?? never);
      first = table(loops);
      known.set(v, first);
    }
    return first;
  };
  /** Shapes whose loop does not depend on SEW have one, four times in the table. */
  const single = new Map<VectorSemantics, number>();
  const once = (v: VectorSemantics, make: () => number) => {
    if (!single.has(v)) single.set(v, make());
    return single.get(v)!;
  };
  const loopOf = (row: Instruction, v: VectorSemantics, sew: number): number | undefined => {
    switch (v.shape) {
      case 'element-wise':
        return elementLoop(w, setBit, row.name, v, sew);
      case 'element-group':
        return groupLoop(w, row, v, sew);
      case 'reduction':
        return reductionLoop(w, row.name, v, sew);
      case 'scan':
        if (v.to !== 'rd' && 'element' in v.to) return scanLoop(w, row.name, v, sew);
        return once(v, () => scanLoop(w, row.name, v, sew));
      case 'compress':
        return compressLoop(w, row.name, sew);
      case 'mask-logical':
        return once(v, () => maskLogicalLoop(w, row.name, v));
      case 'scalar-move':
        return once(v, () => scalarMoveLoop(w, row.name, v, operandNames(row).includes('vd') ? 'vector' : 'scalar'));
      case 'whole-move':
        return once(v, () => wholeMoveLoop(w, row.name, v));
    }
    return undefined;
  };

  /** Memory rows of one kind share a function. */
  const memoryRows = new Map<string, number>();
  const functionOf = (row: Instruction): number =>
    m.function(row.name, ...ROW, (c) => {
      const v = vectorOf(row);
      prologue(w, c, row);
      if (v.shape === 'configure') configureBody(c, configure, row);
      else if (v.shape === 'memory') memoryBody(c, memory, directionOf(row), v);
      else {
        const loop = sewNumber.add(loopsOf(row, v));
        callIndirect(w.loop, 'i32', loop, hart, ...loopArguments(row, v, splat)).emit(c);
      }
      epilogue(c, row);
    });
  const functions = vectorRows.map((row) => {
    const v = vectorOf(row);
    if (v.shape !== 'memory') return functionOf(row);
    const kind = memoryKind(directionOf(row), v);
    const known = memoryRows.get(kind) ?? functionOf(row);
    memoryRows.set(kind, known);
    return known;
  });
  return [...functions, ...called];
}

const directionOf = (row: Instruction) => (operandNames(row).includes('vd') ? 'load' : 'store');

/** Operands of a loop, by where the row has them: destination, vs2, second source and its step, mask. */
function loopArguments(row: Instruction, v: VectorSemantics, splat: number): Val[] {
  const names = operandNames(row);
  const has = (name: (typeof names)[number]) => names.includes(name);
  const mask = has('vm') ? word.and(1 << 25).choose(0, v0) : i32(0);
  const vd = has('rd') || has('fd') ? scalarAt(rec, 'rd') : registerAt(word, 7);
  const vs2 = v.shape === 'scalar-move' && !has('vs2') ? scalarSource(row, v, splat) : registerAt(word, 20);
  if ((v.shape === 'element-wise' || v.shape === 'element-group') && !has('vs1'))
    return [vd, vs2, scalarSource(row, v, splat), i32(0), mask];
  return [vd, vs2, registerAt(word, 15), i32(1), mask];
}

/** The address where a row's scalar operand lies, repeated to 16 bytes in elements of its width. */
function scalarSource(row: Instruction, v: VectorSemantics, splat: number): Val {
  const names = operandNames(row);
  const sew = v.shape === 'element-wise' && v.vs1 === 'full' ? i32(3) : sewNumber;
  if (names.includes('rs1')) return call(splat, 'i32', hart, load('i64', scalarAt(rec, 'rs1')), sew);
  if (names.includes('fs1')) {
    const bits = load('i64', scalarAt(rec, 'rs1'));
    const half = v.shape === 'element-wise' && v.vs1 !== 'full' && v.vs1.of === 'bfloat' ? 'bf16' : 'f16';
    const narrow = sewNumber.eq(2).choose(unbox(bits, 'f32').as('i32'), unbox(bits, half).as('i32')) as Val;
    return call(splat, 'i32', hart, sewNumber.eq(3).choose(bits, narrow.to('i64', false)), sew);
  }
  const { imm } = immediate(row, rec);
  return imm ? call(splat, 'i32', hart, imm, sew) : hart.add(at.zeros);
}

/** (hart, value, SEW number) → address of 16 bytes that hold the value's low bits in every element. */
function splatter(m: Module): number {
  return m.function('splat', ['i32', 'i64', 'i32'], ['i32'], (c) => {
    const value = get(1, 'i64');
    const sew = get(2, 'i32');
    // Ones in the low bit of every element: multiplying repeats what is below the element's width.
    const repeat = [0x0101010101010101n, 0x0001000100010001n, 0x0000000100000001n, 1n];
    const result = c.local('i64');
    c.switch(
      sew,
      repeat.map((ones, k) => () => {
        const low = k === 3 ? value : value.and((1n << BigInt(8 << k)) - 1n);
        c.set(result, low.mul(i64(ones)));
      }),
    );
    const bits = get(result, 'i64');
    c.store('i64*', hart, bits.splat(), at.splat);
    hart.add(at.splat).emit(c);
  });
}
