/** What the platform has for single numbers only, done with those of a lane one after the other, in registers. */
import type { Shape } from '../../../isa/vocabulary.js';
import { BYTES, type Operation, elementOf, simd } from '../../wasm/opcodes.js';
import type { Code } from '../../wasm/code.js';
import { get, kept, Val } from '../../wasm/value.js';

/** By the element: a lane's number (small ones extended by zeros), and a number into a lane. */
const EXTRACT = { i8: 22, i16: 25, i32: 27, i64: 29, f32: 31, f64: 33 } as const;
const REPLACE = { i8: 23, i16: 26, i32: 28, i64: 30, f32: 32, f64: 34 } as const;

/** The number in a lane. */
export function extracted(lanes: Val, lane: number): Val {
  const element = elementOf(lanes.shape) as keyof typeof EXTRACT;
  return new Val(element, (c) => {
    lanes.emit(c);
    c.op(...simd(EXTRACT[element]), lane);
  });
}

/** Lanes of numbers that are computed from those of the same number in the operands; of as many as the widest of them have. */
export function laneByLane(shape: Shape, operands: readonly Val[], compute: (...numbers: Val[]) => Val): Val {
  const element = elementOf(shape) as keyof typeof EXTRACT;
  const count = 16 / Math.max(...[shape, ...operands.map((each) => each.shape)].map((each) => BYTES[elementOf(each)]));
  return new Val(shape, (c) =>
    c.scope(() => {
      const lanes = operands.map((operand) => kept(c, operand));
      const number = (lane: number) => compute(...lanes.map((each) => extracted(each, lane)));
      number(0).splat().emit(c);
      for (let lane = 1; lane < count; lane++) {
        number(lane).emit(c);
        c.op(...simd(REPLACE[element]), lane);
      }
    }),
  );
}

export type Shift = Extract<Operation, 'shl' | 'shrS' | 'shrU' | 'rotl' | 'rotr'>;

/** Each number shifted by its own amount, of which the low bits count. */
export function shiftedEach(operation: Shift, value: Val, amounts: Val): Val {
  const bytes = BYTES[elementOf(value.shape)];
  if (bytes >= 4) return laneByLane(value.shape, [value, amounts], (number, by) => number[operation](by));
  return new Val(value.shape, (c) =>
    c.scope(() => {
      const by = kept(c, amounts);
      if (operation !== 'rotl' && operation !== 'rotr') return void byBits(c, operation, value, by).emit(c);
      const [first, second] = operation === 'rotl' ? (['shl', 'shrU'] as const) : (['shrU', 'shl'] as const);
      const all = kept(c, value);
      byBits(c, first, all, by)
        .or(byBits(c, second, all, by.neg()))
        .emit(c);
    }),
  );
}

/** All by a power of two where that bit of their amount is set, for each of them. */
function byBits(c: Code, operation: 'shl' | 'shrS' | 'shrU', value: Val, amounts: Val): Val {
  const result = c.local(value.shape);
  const soFar = get(result, value.shape);
  c.set(result, value);
  for (let by = 4 * BYTES[elementOf(value.shape)]; by >= 1; by /= 2) {
    const isMeant = amounts.and(by).eq(by);
    c.set(result, isMeant.choose(soFar[operation](by), soFar));
  }
  return soFar;
}
