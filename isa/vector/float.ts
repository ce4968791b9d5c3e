/** Vector floating-point arithmetic, in the order of the specification; rounding is always frm's. */
import type { Instruction } from '../types.js';
import type { FloatElement, Value } from '../vocabulary.js';
import {
  elementWise,
  type Form,
  OPFVF,
  OPFVV,
  op,
  vectorFloat,
  vectorFloatCompare,
  vectorFloatMultiplyAdd,
  vectorFloatWide,
  vectorFloatWidening,
  vectorUnary,
  vs2Is,
} from './rows.js';
import { type ElementScope, type ElementWise, FLOAT, INTEGER, type Place, WIDE_FLOAT, WIDE_INTEGER } from './shapes.js';

const VF: readonly Form[] = ['vv', 'vf'];
/** Only with a scalar: the operand order that the vector form gives by swapping. */
const F: readonly Form[] = ['vf'];

/** Sign injection works on the bits: the sign that `sign` computes, the rest from a. */
const withSign =
  (sign: (a: Value, b: Value) => Value): ElementWise['element'] =>
  (a, b, _, { vd }) => {
    const bits = ({ f16: 'i16', f32: 'i32', f64: 'i64' } as const)[vd as 'f16'];
    const whole = a.shape.endsWith('*') ? (`${bits}*` as const) : bits;
    const top = 1n << BigInt(Number(bits.slice(1)) - 1);
    return a
      .as(whole)
      .and(top - 1n)
      .or(sign(a.as(whole), b.as(whole)).and(top))
      .as(a.shape);
  };

/** The integer element types, as conversions take them. */
type IntegerElement = 'i8' | 'i16' | 'i32' | 'i64';
const toInteger = (signed: boolean, rounding?: 'rtz') => (a: Value, o: ElementScope) =>
  o.float.toInteger(a, o.vd as IntegerElement, signed, rounding);
const fromInteger = (signed: boolean) => (a: Value, o: ElementScope) => {
  const source = a.shape === 'i64' || a.shape.endsWith('*') ? a : a.to('i32', signed);
  return o.float.fromInteger(source, signed, o.vd as 'f16' | 'f32' | 'f64');
};
export const resized = (rounding?: 'rod') => (a: Value, o: ElementScope) =>
  o.float.convert(a, o.vd as FloatElement, rounding);

/** A conversion; `which` is its number. */
export const conversion = (
  name: string,
  which: number,
  vd: Place,
  vs2: Place,
  element: (a: Value, o: ElementScope) => Value,
  doc: string,
  half?: string,
) => vectorUnary(name, 0b010010, OPFVV, which, vd, vs2, element, doc, half);

/** The conversions between two widths; `group` is the upper part of their number. */
const conversions = (
  prefix: string,
  letter: string,
  group: number,
  to: { integer: Place; float: Place },
  from: { integer: Place; float: Place },
  size: string,
) => [
  conversion(
    `${prefix}.xu.f.${letter}`,
    group,
    to.integer,
    from.float,
    toInteger(false),
    `Float to unsigned integer${size}.`,
  ),
  conversion(
    `${prefix}.x.f.${letter}`,
    group + 1,
    to.integer,
    from.float,
    toInteger(true),
    `Float to signed integer${size}.`,
  ),
  conversion(
    `${prefix}.f.xu.${letter}`,
    group + 2,
    to.float,
    from.integer,
    fromInteger(false),
    `Unsigned integer to float${size}.`,
  ),
  conversion(
    `${prefix}.f.x.${letter}`,
    group + 3,
    to.float,
    from.integer,
    fromInteger(true),
    `Signed integer to float${size}.`,
  ),
  conversion(
    `${prefix}.rtz.xu.f.${letter}`,
    group + 6,
    to.integer,
    from.float,
    toInteger(false, 'rtz'),
    `Float to unsigned integer${size}, towards zero.`,
  ),
  conversion(
    `${prefix}.rtz.x.f.${letter}`,
    group + 7,
    to.integer,
    from.float,
    toInteger(true, 'rtz'),
    `Float to signed integer${size}, towards zero.`,
  ),
];
const SAME = { integer: INTEGER, float: FLOAT };
const WIDE = { integer: WIDE_INTEGER, float: WIDE_FLOAT };

export const float: readonly Instruction[] = [
  vectorFloat('vfadd', 0b000000, VF, (a, b, _, o) => o.float.add(a, b), 'Add.'),
  vectorFloat('vfsub', 0b000010, VF, (a, b, _, o) => o.float.sub(a, b), 'Subtract the second operand from vs2.'),
  vectorFloat('vfrsub', 0b100111, F, (a, b, _, o) => o.float.sub(b, a), 'Subtract vs2 from the scalar.'),
  vectorFloatWidening('vfwadd', 0b110000, (a, b, _, o) => o.float.add(a, b), 'Add to double width.'),
  vectorFloatWidening('vfwsub', 0b110010, (a, b, _, o) => o.float.sub(a, b), 'Subtract to double width.'),
  vectorFloatWide('vfwadd', 0b110100, (a, b, _, o) => o.float.add(a, b), 'Add to elements of double width.'),
  vectorFloatWide('vfwsub', 0b110110, (a, b, _, o) => o.float.sub(a, b), 'Subtract from elements of double width.'),
  vectorFloat('vfmul', 0b100100, VF, (a, b, _, o) => o.float.mul(a, b), 'Multiply.'),
  vectorFloat('vfdiv', 0b100000, VF, (a, b, _, o) => o.float.div(a, b), 'Divide vs2.'),
  vectorFloat('vfrdiv', 0b100001, F, (a, b, _, o) => o.float.div(b, a), 'Divide the scalar by vs2.'),
  vectorFloatWidening('vfwmul', 0b111000, (a, b, _, o) => o.float.mul(a, b), 'Multiply to double width.'),

  vectorFloatMultiplyAdd('vfmacc', 0b101100, (a, b, d, o) => o.float.fma(b, a, d), 'Fused: product plus vd.'),
  vectorFloatMultiplyAdd(
    'vfnmacc',
    0b101101,
    (a, b, d, o) => o.float.fma(b.neg(), a, d.neg()),
    'Fused: negated product minus vd.',
  ),
  vectorFloatMultiplyAdd('vfmsac', 0b101110, (a, b, d, o) => o.float.fma(b, a, d.neg()), 'Fused: product minus vd.'),
  vectorFloatMultiplyAdd('vfnmsac', 0b101111, (a, b, d, o) => o.float.fma(b.neg(), a, d), 'Fused: vd minus product.'),
  vectorFloatMultiplyAdd('vfmadd', 0b101000, (a, b, d, o) => o.float.fma(b, d, a), 'Fused: multiply vd, plus vs2.'),
  vectorFloatMultiplyAdd(
    'vfnmadd',
    0b101001,
    (a, b, d, o) => o.float.fma(b.neg(), d, a.neg()),
    'Fused: multiply vd, negated, minus vs2.',
  ),
  vectorFloatMultiplyAdd(
    'vfmsub',
    0b101010,
    (a, b, d, o) => o.float.fma(b, d, a.neg()),
    'Fused: multiply vd, minus vs2.',
  ),
  vectorFloatMultiplyAdd(
    'vfnmsub',
    0b101011,
    (a, b, d, o) => o.float.fma(b.neg(), d, a),
    'Fused: vs2 minus the product with vd.',
  ),
  vectorFloatWidening(
    'vfwmacc',
    0b111100,
    (a, b, d, o) => o.float.fma(b, a, d),
    'Fused to double width: product plus vd.',
    'vs1 first',
  ),
  vectorFloatWidening(
    'vfwnmacc',
    0b111101,
    (a, b, d, o) => o.float.fma(b.neg(), a, d.neg()),
    'Fused to double width: negated product minus vd.',
    'vs1 first',
  ),
  vectorFloatWidening(
    'vfwmsac',
    0b111110,
    (a, b, d, o) => o.float.fma(b, a, d.neg()),
    'Fused to double width: product minus vd.',
    'vs1 first',
  ),
  vectorFloatWidening(
    'vfwnmsac',
    0b111111,
    (a, b, d, o) => o.float.fma(b.neg(), a, d),
    'Fused to double width: vd minus product.',
    'vs1 first',
  ),

  vectorUnary('vfsqrt.v', 0b010011, OPFVV, 0b00000, FLOAT, FLOAT, (a, o) => o.float.sqrt(a), 'Square root.'),
  vectorUnary(
    'vfrsqrt7.v',
    0b010011,
    OPFVV,
    0b00100,
    FLOAT,
    FLOAT,
    (a, o) => o.float.rsqrt7(a),
    'About 1 / square root, correct to seven bits.',
  ),
  vectorUnary(
    'vfrec7.v',
    0b010011,
    OPFVV,
    0b00101,
    FLOAT,
    FLOAT,
    (a, o) => o.float.recip7(a),
    'About 1 / vs2, correct to seven bits.',
  ),
  vectorFloat('vfmin', 0b000100, VF, (a, b, _, o) => o.float.min(a, b), 'The smaller; a number before a NaN.'),
  vectorFloat('vfmax', 0b000110, VF, (a, b, _, o) => o.float.max(a, b), 'The larger; a number before a NaN.'),
  vectorFloat(
    'vfsgnj',
    0b001000,
    VF,
    withSign((_, b) => b),
    'vs2 with the sign of the second operand.',
  ),
  vectorFloat(
    'vfsgnjn',
    0b001001,
    VF,
    withSign((_, b) => b.not()),
    'vs2 with the opposite of the sign of the second operand.',
  ),
  vectorFloat(
    'vfsgnjx',
    0b001010,
    VF,
    withSign((a, b) => a.xor(b)),
    'vs2 with the product of both signs.',
  ),

  vectorFloatCompare('vmfeq', 0b011000, VF, (a, b, _, o) => o.float.eq(a, b), 'Set the mask bit if equal.'),
  vectorFloatCompare('vmfne', 0b011100, VF, (a, b, _, o) => o.float.eq(a, b).eq(0), 'Set the mask bit if not equal.'),
  vectorFloatCompare('vmflt', 0b011011, VF, (a, b, _, o) => o.float.lt(a, b), 'Set the mask bit if less.'),
  vectorFloatCompare('vmfle', 0b011001, VF, (a, b, _, o) => o.float.le(a, b), 'Set the mask bit if less or equal.'),
  vectorFloatCompare(
    'vmfgt',
    0b011101,
    F,
    (a, b, _, o) => o.float.lt(b, a),
    'Set the mask bit if greater than the scalar.',
  ),
  vectorFloatCompare(
    'vmfge',
    0b011111,
    F,
    (a, b, _, o) => o.float.le(b, a),
    'Set the mask bit if greater than or equal to the scalar.',
  ),

  vectorUnary(
    'vfclass.v',
    0b010011,
    OPFVV,
    0b10000,
    INTEGER,
    FLOAT,
    (a, o) => o.float.classify(a).to(o.vd, false),
    'What kind of number each element is, as one of ten bits.',
  ),
  elementWise(
    'float',
    'vfmerge',
    0b010111,
    F,
    { vd: FLOAT, vs2: FLOAT, vs1: FLOAT, element: (a, b, _, { v0 }) => v0.choose(b, a) },
    'The scalar where v0 is set, else vs2.',
    { carry: true },
  ),
  op(
    'vfmv.v.f',
    0b010111,
    OPFVF,
    'vd, fs1',
    { shape: 'element-wise', vd: FLOAT, vs2: FLOAT, vs1: FLOAT, element: (_, b) => b },
    'Copy an f register to every element.',
    vs2Is(0),
  ),

  conversions('vfcvt', 'v', 0b00000, SAME, SAME, ''),
  conversions('vfwcvt', 'v', 0b01000, WIDE, SAME, ' of double width'),
  conversion('vfwcvt.f.f.v', 0b01100, WIDE_FLOAT, FLOAT, resized(), 'Float to double width.', 'Zvfhmin'),
  conversions('vfncvt', 'w', 0b10000, SAME, WIDE, ' of half the width'),
  conversion('vfncvt.f.f.w', 0b10100, FLOAT, WIDE_FLOAT, resized(), 'Float to half the width.', 'Zvfhmin'),
  conversion(
    'vfncvt.rod.f.f.w',
    0b10101,
    FLOAT,
    WIDE_FLOAT,
    resized('rod'),
    'Float to half the width, rounded to odd.',
  ),
].flat();
