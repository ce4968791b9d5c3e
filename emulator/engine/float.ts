/**
 * The vocabulary's floating-point operations, written as WebAssembly: a function per operation, (hart block, rounding mode, operands).
 * It returns early where the platform's own operation, which rounds to nearest even and knows no flags, is certainly right and the
 * only flag that can be due is NX, which is decided exactly. Everything else (other modes, NaNs, infinities, results that are
 * subnormal or might have been, overflow) goes to the host's soft-float.
 */
import type { Float, FloatElement, Value } from '../../isa/vocabulary.js';
import { MODE_SHIFT, type OperationName, operationNumber } from '../float/operations.js';
import { Rounding } from '../float/rounding.js';
import type { Code } from '../wasm/code.js';
import type { Module } from '../wasm/module.js';
import { carrier, isHalf, simd } from '../wasm/opcodes.js';
import { call, constant, get, i32, i64, kept, type Val } from '../wasm/value.js';
import { copySign, isExactProduct, maximum, minimum, toOdd, twoProduct, twoSum } from './float-exact.js';
import { type Fast, finish, hart, inexactAlready, mode } from './float-flags.js';
import { Halves, type HalfShape } from './float-half.js';
import { relaxedMultiplyAdd } from './fused.js';
import type { FloatAt } from './outlined.js';
import { hartNumber } from './scalar.js';

type FloatShape = 'f32' | 'f64';
type Shape = FloatElement | 'i32' | 'i64';

/** Numbers that bound what the fast paths take. */
const LIMITS = {
  f32: { smallestNormal: 2 ** -126, half: 2 ** 127 },
  f64: { smallestNormal: 2 ** -1022, half: 2 ** 1023 },
} as const;

const isNearestEven = mode.eq(Rounding.nearestEven);

/** Certainly neither overflow nor tiny: a magnitude that lies between the smallest normal number and infinity, both left out. */
function isNormal(shape: FloatShape, magnitude: Val): Val {
  return magnitude
    .gtS(constant(shape, LIMITS[shape].smallestNormal))
    .and(magnitude.ltS(constant(shape, Number.POSITIVE_INFINITY)));
}

const promote = (single: Val) => single.apply('f64', 0xbb);
const demote = (double: Val) => double.apply('f32', 0xb6);

/** A sum can't be inexact and tiny; below half of the largest numbers its error is computed without overflow. */
const add =
  (shape: FloatShape): Fast =>
  (c, a, b) => {
    const r = kept(c, a!.add(b!));
    c.if(r.abs().ltS(constant(shape, LIMITS[shape].half)), () => finish(c, r, () => twoSum(c, a!, b!, r).ne(0)));
  };

/** Subnormal operands of f64 are left out while NX must be decided. */
const bothNormal = (a: Val, b: Val) => isNormal('f64', a.abs()).and(isNormal('f64', b.abs()));

const multiply =
  (shape: FloatShape): Fast =>
  (c, a, b) => {
    const r = kept(c, a!.mul(b!));
    c.if(isNormal(shape, r.abs()), () => {
      if (shape === 'f32') finish(c, r, () => promote(a!).mul(promote(b!)).ne(promote(r)));
      else {
        c.if(inexactAlready, () => c.return(r));
        c.if(bothNormal(a!, b!), () => finish(c, r, () => isExactProduct(c, a!, b!, r).eq(0)));
      }
    });
    c.if(r.eq(0).and(a!.eq(0).or(b!.eq(0))), () => c.return(r));
  };

/** Exact when the quotient times the divisor is the dividend. */
const divide =
  (shape: FloatShape): Fast =>
  (c, a, b) => {
    const r = kept(c, a!.divS(b!));
    c.if(isNormal(shape, r.abs()), () => {
      if (shape === 'f32') finish(c, r, () => promote(r).mul(promote(b!)).ne(promote(a!)));
      else {
        c.if(inexactAlready, () => c.return(r));
        c.if(bothNormal(a!, b!), () => finish(c, r, () => isExactProduct(c, r, b!, a!).eq(0)));
      }
    });
    c.if(r.eq(0).and(a!.eq(0)), () => c.return(r));
  };

/** Exact when the root's square is the operand. */
const squareRoot =
  (shape: FloatShape): Fast =>
  (c, a) => {
    const r = kept(c, a!.sqrt());
    c.if(isNormal(shape, r.abs()), () => {
      if (shape === 'f32') finish(c, r, () => promote(r).mul(promote(r)).ne(promote(a!)));
      else {
        c.if(inexactAlready, () => c.return(r));
        c.if(isNormal('f64', a!), () => finish(c, r, () => isExactProduct(c, r, r, a!).eq(0)));
      }
    });
    c.if(r.eq(0), () => c.return(r));
  };

/** The product is exact in f64, and the sum rounded to odd there rounds again to the right f32. */
const fusedSingle: Fast = (c, a, b, addend) => {
  const product = kept(c, promote(a!).mul(promote(b!)));
  const wide = kept(c, promote(addend!));
  const sum = kept(c, product.add(wide));
  const error = kept(c, twoSum(c, product, wide, sum));
  const r = kept(c, demote(toOdd(c, sum, error)));
  c.if(isNormal('f32', r.abs()).or(sum.eq(0)), () => finish(c, r, () => error.ne(0).or(promote(r).ne(sum))));
};

/**
 * Sylvie Boldo and Guillaume Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd"
 * (IEEE Transactions on Computers 57, 2008): product and sums as pairs of result and error, the errors added with rounding to odd.
 * The bounds keep every intermediate from overflow and every error term a number of the format; then a subnormal result is exact.
 */
const fusedDouble =
  (addDouble: number, fused: boolean): Fast =>
  (c, a, b, addend) => {
    if (fused) {
      const r = kept(c, relaxedMultiplyAdd(a!.splat(), b!.splat(), addend!.splat()).apply('f64', ...FIRST_LANE));
      c.if(inexactAlready.and(isNormal('f64', r.abs())), () => c.return(r));
    }
    const p = kept(c, a!.mul(b!));
    const below = (x: Val, exponent: number) => x.abs().ltS(constant('f64', 2 ** exponent));
    const productFits = p
      .abs()
      .gtS(constant('f64', 2 ** -960))
      .and(below(p, 990));
    c.if(productFits.and(below(a!, 990)).and(below(b!, 990)).and(below(addend!, 1000)), () => {
      const low = kept(c, twoProduct(c, a!, b!, p));
      const t = kept(c, addend!.add(low));
      const tError = kept(c, twoSum(c, addend!, low, t));
      const v = kept(c, p.add(t));
      const vError = kept(c, twoSum(c, p, t, v));
      const rest = kept(c, tError.add(vError));
      const restError = kept(c, twoSum(c, tError, vError, rest));
      const odd = kept(c, toOdd(c, rest, restError));
      const r = kept(c, v.add(odd));
      finish(c, r, () => restError.ne(0).or(twoSum(c, v, odd, r).ne(0)));
    });
    c.if(p.eq(0).and(a!.eq(0).or(b!.eq(0))), () => c.return(call(addDouble, 'f64', hart, mode, p, addend!)));
  };

/** f64x2.extract_lane 0 */
const FIRST_LANE = [...simd(33), 0];

const compare =
  (comparison: 'eq' | 'ltS' | 'leS'): Fast =>
  (c, a, b) =>
    void c.if(a!.eq(a!).and(b!.eq(b!)), () => c.return(a![comparison](b!)));

/** The platform's minimum and maximum know signed zeros and give a NaN when either operand is one. */
const extreme =
  (operation: typeof minimum): Fast =>
  (c, a, b) => {
    const r = kept(c, operation(a!, b!));
    c.if(r.eq(r), () => c.return(r));
  };

/** An f64 rounded to an integer, in the mode of the function; of a zero the sign is lost in one of them. */
function integral(c: Code, a: Val): Val {
  const r = c.local('f64');
  c.block((end) => {
    const rounded: [Rounding, number][] = [
      [Rounding.towardsZero, 0x9d],
      [Rounding.nearestEven, 0x9e],
      [Rounding.down, 0x9c],
      [Rounding.up, 0x9b],
    ];
    for (const [which, opcode] of rounded) {
      c.if(mode.eq(which), () => {
        c.set(r, a.apply('f64', opcode));
        c.br(end);
      });
    }
    // To nearest, ties away from zero: what lies behind the point is exact.
    const towardsZero = kept(c, a.apply('f64', 0x9d));
    const isHalf = a.sub(towardsZero).abs().geS(constant('f64', 0.5));
    const one = copySign(constant('f64', 1), a);
    c.set(r, towardsZero.add(isHalf.choose(one, constant('f64', 0))));
  });
  return get(r, 'f64');
}

/** Of an f64, in every mode; what an integer of so many bits does not hold is left out. */
const toInteger =
  (bits: number, signed: boolean): Fast =>
  (c, a) => {
    const integer = integral(c, a!);
    const least = constant('f64', signed ? -(2 ** (bits - 1)) : 0);
    const beyond = constant('f64', 2 ** (signed ? bits - 1 : bits));
    c.if(integer.geS(least).and(integer.ltS(beyond)), () =>
      finish(c, integer.apply('i64', signed ? 0xb0 : 0xb1), () => integer.ne(a!)),
    );
  };

/** Of an f64, in every mode; a NaN is left out. */
const round =
  (inexact: 'told' | 'untold'): Fast =>
  (c, a) =>
    void c.if(a!.eq(a!), () => {
      const integer = kept(c, copySign(integral(c, a!), a!));
      if (inexact === 'told') finish(c, integer, () => integer.ne(a!));
      else c.return(integer);
    });

/** Exact in every mode when the magnitude's ones lie close enough together. */
const fromInteger =
  (signed: boolean, shape: FloatShape): Fast =>
  (c, a) => {
    const magnitude = signed ? kept(c, a!.xor(a!.shrS(63)).sub(a!.shrS(63))) : a!;
    const spread = i64(64).sub(magnitude.clz()).sub(magnitude.ctz());
    const inexact = kept(c, spread.gtS(shape === 'f32' ? 24 : 53));
    const opcode = (shape === 'f32' ? 0xb4 : 0xb9) + (signed ? 0 : 1);
    c.if(isNearestEven.or(inexact.eq(0)), () => finish(c, a!.apply(shape, opcode), () => inexact));
  };

const widen: Fast = (c, a) => void c.if(a!.eq(a!), () => c.return(promote(a!)));

const narrow: Fast = (c, a) => {
  const r = kept(c, demote(a!));
  c.if(isNormal('f32', r.abs()), () => finish(c, r, () => promote(r).ne(a!)));
  c.if(a!.eq(0).or(a!.abs().eq(constant('f64', Number.POSITIVE_INFINITY))), () => c.return(r));
};

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
      if (fast && anyMode) fast(c, ...values);
      else if (fast) c.if(isNearestEven, () => fast(c, ...values));
      const bits = [...values.map(bitsOf), i64(0), i64(0)].slice(0, 3);
      const code = mode.shl(MODE_SHIFT).or(operationNumber(name));
      fromBits(call(softFloat, 'i64', hartNumber(hart), code, ...bits), result).emit(c);
    });
    functions.set(name, index);
    return index;
  }

  for (const f of ['f32', 'f64'] as const) {
    const addition = define(`add ${f}`, [f, f], f, add(f));
    define(`mul ${f}`, [f, f], f, multiply(f));
    define(`div ${f}`, [f, f], f, divide(f));
    define(`sqrt ${f}`, [f], f, squareRoot(f));
    define(`fma ${f}`, [f, f, f], f, f === 'f32' ? fusedSingle : fusedDouble(addition, fused));
    define(`eq ${f}`, [f, f], 'i32', compare('eq'), true);
    for (const how of ['', 'Quiet'] as const) {
      define(`lt${how} ${f}`, [f, f], 'i32', compare('ltS'), true);
      define(`le${how} ${f}`, [f, f], 'i32', compare('leS'), true);
    }
    for (const name of ['min', 'minimum'] as const) define(`${name} ${f}`, [f, f], f, extreme(minimum), true);
    for (const name of ['max', 'maximum'] as const) define(`${name} ${f}`, [f, f], f, extreme(maximum), true);
    define(`classify ${f}`, [f], 'i32');
    define(`recip7 ${f}`, [f], f);
    define(`rsqrt7 ${f}`, [f], f);
    define(`i64 s to ${f}`, ['i64'], f, fromInteger(true, f), true);
    define(`i64 u to ${f}`, ['i64'], f, fromInteger(false, f), true);
  }
  for (const bits of [8, 16, 32, 64] as const) {
    define(`f64 to i${bits} s`, ['f64'], 'i64', toInteger(bits, true), true);
    define(`f64 to i${bits} u`, ['f64'], 'i64', toInteger(bits, false), true);
  }
  define('f32 to f64', ['f32'], 'f64', widen, true);
  define('f64 to f32', ['f64'], 'f32', narrow);
  define('f64 modulo i32', ['f64'], 'i64', toInteger(32, true), true);
  define('round f64', ['f64'], 'f64', round('untold'), true);
  define('roundnx f64', ['f64'], 'f64', round('told'), true);

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

  return (place) => {
    const rounding = place.rounding ?? i32(Rounding.nearestEven);
    const apply = (name: OperationName, result: Shape, operands: Value[], fixed: Val = rounding) =>
      call(functions.get(name)!, result, place.hart, fixed, ...(operands as Val[]));
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
        const double = isHalf(a.shape) ? halves.widened(a as Val) : format(a) === 'f32' ? promote(a as Val) : a;
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
  };
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
