/**
 * Floating-point operations as functions of the engine: a function per operation, (hart block, rounding mode, operands). It returns early where
 * the fast path (float-fast.ts) is certain. Everything else goes to the host's soft-float.
 */
import { MODE_SHIFT, type OperationName, operationNumber } from '../float/operations.js';
import { Rounding } from '../float/rounding.js';
import type { Module } from '../wasm/module.js';
import { carrier, isHalf } from '../wasm/opcodes.js';
import { call, get, i32, i64, type Val } from '../wasm/value.js';
import { type FloatShape, fastOperations, type Shape } from './float-fast.js';
import { type Fast, type FastPlace, hart } from './float-flags.js';
import { Halves, type HalfShape } from './float-half.js';
import { floatOf } from './float-vocabulary.js';
import type { FloatAt } from './outlined.js';
import { hartNumber } from './scalar.js';

/** The second parameter of the functions. */
const mode = get(1, 'i32');

/**
 * Define the operations' functions in a module.
 * @param softFloat index of the host's `float` import
 * @param fused the platform's relaxed multiply-add rounds once
 * @returns what makes the operations at a place in a function
 */
export function floats(m: Module, softFloat: number, fused: boolean): FloatAt {
  const functions = new Map<OperationName, number>();

  function define(name: OperationName, operands: readonly Shape[], result: Shape, fast?: Fast, anyMode = false) {
    const index = m.function(name, ['i32', 'i32', ...operands.map(carrier)], [carrier(result)], (c) => {
      const values = operands.map((shape, n) => get(2 + n, shape));
      const place: FastPlace = { c, mode, give: (value) => c.return(value) };
      if (fast && anyMode) fast(place, ...values);
      else if (fast) c.if(mode.eq(Rounding.nearestEven), () => fast(place, ...values));
      const bits = [...values.map(bitsOf), i64(0), i64(0)].slice(0, 3);
      const code = mode.shl(MODE_SHIFT).or(operationNumber(name));
      fromBits(call(softFloat, 'i64', hartNumber(hart), code, ...bits), result).emit(c);
    });
    functions.set(name, index);
  }

  const addition = (mode: Val, a: Val, b: Val) => call(functions.get('add f64')!, 'f64', hart, mode, a, b);
  for (const [name, { operands, result, fast, anyMode }] of fastOperations(fused, addition))
    define(name, operands, result, fast, anyMode);

  const halves = new Halves(m);
  for (const name of ['add', 'mul', 'div'] as const) define(`${name} f16`, ['f16', 'f16'], 'f16', halves[name], true);
  define('sqrt f16', ['f16'], 'f16', halves.sqrt, true);
  define('fma f16', ['f16', 'f16', 'f16'], 'f16', halves.fma, true);
  for (const name of ['recip7', 'rsqrt7'] as const) define(`${name} f16`, ['f16'], 'f16');
  define('classify f16', ['f16'], 'i32');
  define('i64 s to f16', ['i64'], 'f16', halves.fromInteger(true), true);
  define('i64 u to f16', ['i64'], 'f16', halves.fromInteger(false), true);
  const pairs: [HalfShape, FloatShape][] = [
    ['f16', 'f32'],
    ['f16', 'f64'],
    ['bf16', 'f32'],
  ];
  for (const [small, large] of pairs) {
    define(`${small} to ${large}`, [small], large, halves.to(large), true);
    define(`${large} to ${small}`, [large], small, halves.from(small), true);
  }

  return (place) =>
    floatOf(
      place.rounding ?? i32(Rounding.nearestEven),
      (name, result, operands, by) => call(functions.get(name)!, result, place.hart, by, ...operands),
      (a) => halves.widened(a),
    );
}

const bitsOf = (value: Val): Val => {
  if (isHalf(value.shape)) return value.as('i16').to('i64', false);
  return value.shape === 'f64' ? value.as('i64') : value.shape === 'f32' ? value.as('i32').to('i64', false) : value;
};

const fromBits = (bits: Val, shape: Shape): Val => {
  if (shape === 'i64') return bits;
  if (carrier(shape) === 'i32') return bits.to('i32', false).as(shape);
  return shape === 'f64' ? bits.as('f64') : bits.to('i32', false).as('f32');
};
