/** The vocabulary's floating-point operations, put together from operations by name. */
import type { Float, FloatElement, Value } from '../../isa/vocabulary.js';
import type { OperationName } from '../float/operations.js';
import { Rounding } from '../float/rounding.js';
import { isHalf } from '../wasm/opcodes.js';
import { i32, type Val } from '../wasm/value.js';
import { promote, type Shape } from './float-fast.js';

/** An operation by its name, in a rounding mode. */
export type Operate = (name: OperationName, result: Shape, operands: readonly Val[], mode: Val) => Val;

/**
 * @param rounding the mode of operations that fix none, i32
 * @param widened a number of 16 bits as f64, a NaN as some NaN
 */
export function floatOf(rounding: Val, operation: Operate, widened: (a: Val) => Val): Float {
  const apply = (name: OperationName, result: Shape, operands: Value[], fixed: Val = rounding) =>
    operation(name, result, operands as Val[], fixed);
  const format = (a: Value) => a.shape as Exclude<FloatElement, 'bf16'>;
  const convert: Float['convert'] = (a, to, fixed) =>
    apply(`${format(a)} to ${to}`, to, [a], fixed ? i32(Rounding.odd) : rounding);
  const same =
    (operation: 'add' | 'mul' | 'div' | 'sqrt' | 'fma' | 'recip7' | 'rsqrt7') =>
    (...operands: Value[]) =>
      apply(`${operation} ${format(operands[0]!)}`, format(operands[0]!), operands);
  /** What rounds nothing is done with numbers of 16 bits as wider ones: making them so tells signaling NaNs. */
  const wide = (a: Value) => (isHalf(a.shape) ? convert(a, 'f32') : a);
  const choice =
    (operation: 'min' | 'max' | 'minimum' | 'maximum') =>
    (a: Value, b: Value): Value =>
      isHalf(a.shape)
        ? convert(float[operation](wide(a), wide(b)), format(a))
        : apply(`${operation} ${format(a)}`, format(a), [a, b]);
  const truth =
    (operation: 'eq' | 'lt' | 'le' | 'ltQuiet' | 'leQuiet') =>
    (a: Value, b: Value): Val =>
      apply(`${operation} ${format(wide(a))}`, 'i32', [wide(a), wide(b)]);
  const float: Float = {
    add: same('add'),
    // A NaN's sign does not matter, and a - b is a + -b in every mode.
    sub: (a, b) => same('add')(a, b.neg()),
    mul: same('mul'),
    div: same('div'),
    sqrt: same('sqrt'),
    fma: same('fma'),
    recip7: same('recip7'),
    rsqrt7: same('rsqrt7'),
    min: choice('min'),
    max: choice('max'),
    minimum: choice('minimum'),
    maximum: choice('maximum'),
    eq: truth('eq'),
    lt: truth('lt'),
    le: truth('le'),
    ltQuiet: truth('ltQuiet'),
    leQuiet: truth('leQuiet'),
    classify: (a) => apply(`classify ${format(a)}`, 'i32', [a]),
    toInteger(a, to, signed, fixed) {
      // Every number of fewer bits is an f64, and a NaN of any kind has the same integer and flags.
      const double = isHalf(a.shape) ? widened(a as Val) : format(a) === 'f32' ? promote(a as Val) : a;
      const by = fixed ? i32(Rounding.towardsZero) : rounding;
      return apply(`f64 to ${to} ${signed ? 's' : 'u'}`, 'i64', [double], by).to(to, signed);
    },
    toIntegerModular: (a) => apply('f64 modulo i32', 'i64', [a], i32(Rounding.towardsZero)).to('i32', true),
    fromInteger(a, signed, to) {
      if (to === 'f64' && a.shape !== 'i64') return (a.to('i32', signed) as Val).apply('f64', signed ? 0xb7 : 0xb8);
      return apply(`i64 ${signed ? 's' : 'u'} to ${to}`, to, [a.to('i64', signed)]);
    },
    round(a, inexact) {
      const rounded = (double: Value) => apply(inexact === 'told' ? 'roundnx f64' : 'round f64', 'f64', [double]);
      if (a.shape === 'f64') return rounded(a);
      // The way back is exact: any mode does, and this one is native.
      const double = rounded(convert(a, 'f64'));
      return apply(`f64 to ${format(a)}`, format(a), [double], i32(Rounding.nearestEven));
    },
    convert,
  };
  return float;
}
