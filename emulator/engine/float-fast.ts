/**
 * The operations' fast paths: where the platform's own operation, which rounds to nearest even and knows no flags, is certainly right and the only flag
 * that can be due is NX, which is decided exactly. They give up on everything else (other modes, NaNs, infinities, results that are subnormal or might
 * have been, overflow).
 */
import type { FloatElement } from '../../isa/vocabulary.js';
import type { OperationName } from '../float/operations.js';
import { Rounding } from '../float/rounding.js';
import { simd } from '../wasm/opcodes.js';
import { constant, get, i64, kept, type Val } from '../wasm/value.js';
import { copySign, isExactProduct, maximum, minimum, toOdd, twoProduct, twoSum } from './float-exact.js';
import { type Fast, type FastPlace, finish, inexactAlready } from './float-flags.js';
import { relaxedMultiplyAdd } from './fused.js';

export type FloatShape = 'f32' | 'f64';
/** What operations take and give. */
export type Shape = FloatElement | 'i32' | 'i64';

/** Numbers that bound what the fast paths take. */
const LIMITS = {
  f32: { smallestNormal: 2 ** -126, half: 2 ** 127 },
  f64: { smallestNormal: 2 ** -1022, half: 2 ** 1023 },
} as const;

/** Certainly neither overflow nor tiny: a magnitude that lies between the smallest normal number and infinity, both left out. */
function isNormal(shape: FloatShape, magnitude: Val): Val {
  return magnitude
    .gtS(constant(shape, LIMITS[shape].smallestNormal))
    .and(magnitude.ltS(constant(shape, Number.POSITIVE_INFINITY)));
}

export const promote = (single: Val) => single.apply('f64', 0xbb);
const demote = (double: Val) => double.apply('f32', 0xb6);

/** A sum can't be inexact and tiny; below half of the largest numbers its error is computed without overflow. */
const sum =
  (shape: FloatShape): Fast =>
  (at, a, b) => {
    const r = kept(at.c, a!.add(b!));
    at.c.if(r.abs().ltS(constant(shape, LIMITS[shape].half)), () => finish(at, r, () => twoSum(at.c, a!, b!, r).ne(0)));
  };

/** Subnormal operands of f64 are left out while NX must be decided. */
const bothNormal = (a: Val, b: Val) => isNormal('f64', a.abs()).and(isNormal('f64', b.abs()));

const multiply =
  (shape: FloatShape): Fast =>
  (at, a, b) => {
    const r = kept(at.c, a!.mul(b!));
    at.c.if(isNormal(shape, r.abs()), () => {
      if (shape === 'f32') finish(at, r, () => promote(a!).mul(promote(b!)).ne(promote(r)));
      else {
        at.c.if(inexactAlready, () => at.give(r));
        at.c.if(bothNormal(a!, b!), () => finish(at, r, () => isExactProduct(at.c, a!, b!, r).eq(0)));
      }
    });
    at.c.if(r.eq(0).and(a!.eq(0).or(b!.eq(0))), () => at.give(r));
  };

/** Exact when the quotient times the divisor is the dividend. */
const divide =
  (shape: FloatShape): Fast =>
  (at, a, b) => {
    const r = kept(at.c, a!.divS(b!));
    at.c.if(isNormal(shape, r.abs()), () => {
      if (shape === 'f32') finish(at, r, () => promote(r).mul(promote(b!)).ne(promote(a!)));
      else {
        at.c.if(inexactAlready, () => at.give(r));
        at.c.if(bothNormal(a!, b!), () => finish(at, r, () => isExactProduct(at.c, r, b!, a!).eq(0)));
      }
    });
    at.c.if(r.eq(0).and(a!.eq(0)), () => at.give(r));
  };

/** Exact when the root's square is the operand. */
const squareRoot =
  (shape: FloatShape): Fast =>
  (at, a) => {
    const r = kept(at.c, a!.sqrt());
    at.c.if(isNormal(shape, r.abs()), () => {
      if (shape === 'f32') finish(at, r, () => promote(r).mul(promote(r)).ne(promote(a!)));
      else {
        at.c.if(inexactAlready, () => at.give(r));
        at.c.if(isNormal('f64', a!), () => finish(at, r, () => isExactProduct(at.c, r, r, a!).eq(0)));
      }
    });
    at.c.if(r.eq(0), () => at.give(r));
  };

/** The product is exact in f64, and the sum rounded to odd there rounds again to the right f32. */
const fusedSingle: Fast = (at, a, b, addend) => {
  const product = kept(at.c, promote(a!).mul(promote(b!)));
  const wide = kept(at.c, promote(addend!));
  const sum = kept(at.c, product.add(wide));
  const error = kept(at.c, twoSum(at.c, product, wide, sum));
  const r = kept(at.c, demote(toOdd(at.c, sum, error)));
  at.c.if(isNormal('f32', r.abs()).or(sum.eq(0)), () => finish(at, r, () => error.ne(0).or(promote(r).ne(sum))));
};

/**
 * Sylvie Boldo and Guillaume Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd"
 * (IEEE Transactions on Computers 57, 2008): product and sums as pairs of result and error, the errors added with rounding to odd.
 * The bounds keep every intermediate from overflow and every error term a number of the format; then a subnormal result is exact.
 *
 * @param add of two f64, for products of zero; absent: in translated code, which has no room for all of it
 */
const fusedDouble =
  (fused: boolean, add?: Addition): Fast =>
  (at, a, b, addend) => {
    if (fused) {
      const r = kept(at.c, relaxedMultiplyAdd(a!.splat(), b!.splat(), addend!.splat()).apply('f64', ...FIRST_LANE));
      at.c.if(inexactAlready.and(isNormal('f64', r.abs())), () => at.give(r));
      if (!add) return;
    }
    const p = kept(at.c, a!.mul(b!));
    const below = (x: Val, exponent: number) => x.abs().ltS(constant('f64', 2 ** exponent));
    const productFits = p
      .abs()
      .gtS(constant('f64', 2 ** -960))
      .and(below(p, 990));
    at.c.if(productFits.and(below(a!, 990)).and(below(b!, 990)).and(below(addend!, 1000)), () => {
      const low = kept(at.c, twoProduct(at.c, a!, b!, p));
      const t = kept(at.c, addend!.add(low));
      const tError = kept(at.c, twoSum(at.c, addend!, low, t));
      const v = kept(at.c, p.add(t));
      const vError = kept(at.c, twoSum(at.c, p, t, v));
      const rest = kept(at.c, tError.add(vError));
      const restError = kept(at.c, twoSum(at.c, tError, vError, rest));
      const odd = kept(at.c, toOdd(at.c, rest, restError));
      const r = kept(at.c, v.add(odd));
      finish(at, r, () => restError.ne(0).or(twoSum(at.c, v, odd, r).ne(0)));
    });
    if (add) at.c.if(p.eq(0).and(a!.eq(0).or(b!.eq(0))), () => at.give(add(at.mode, p, addend!)));
  };

/** f64x2.extract_lane 0 */
const FIRST_LANE = [...simd(33), 0];

const compare =
  (comparison: 'eq' | 'ltS' | 'leS'): Fast =>
  (at, a, b) =>
    void at.c.if(a!.eq(a!).and(b!.eq(b!)), () => at.give(a![comparison](b!)));

/** The platform's minimum and maximum know signed zeros and give a NaN when either operand is one. */
const extreme =
  (operation: typeof minimum): Fast =>
  (at, a, b) => {
    const r = kept(at.c, operation(a!, b!));
    at.c.if(r.eq(r), () => at.give(r));
  };

/** An f64 rounded to an integer, in the mode of the function; of a zero the sign is lost in one of them. */
function integral({ c, mode }: FastPlace, a: Val): Val {
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
  (at, a) => {
    const integer = integral(at, a!);
    const least = constant('f64', signed ? -(2 ** (bits - 1)) : 0);
    const beyond = constant('f64', 2 ** (signed ? bits - 1 : bits));
    at.c.if(integer.geS(least).and(integer.ltS(beyond)), () =>
      finish(at, integer.apply('i64', signed ? 0xb0 : 0xb1), () => integer.ne(a!)),
    );
  };

/** Of an f64, in every mode; a NaN is left out. */
const round =
  (inexact: 'told' | 'untold'): Fast =>
  (at, a) =>
    void at.c.if(a!.eq(a!), () => {
      const integer = kept(at.c, copySign(integral(at, a!), a!));
      if (inexact === 'told') finish(at, integer, () => integer.ne(a!));
      else at.give(integer);
    });

/** Exact in every mode when the magnitude's ones lie close enough together. */
const fromInteger =
  (signed: boolean, shape: FloatShape): Fast =>
  (at, a) => {
    const magnitude = signed ? kept(at.c, a!.xor(a!.shrS(63)).sub(a!.shrS(63))) : a!;
    const spread = i64(64).sub(magnitude.clz()).sub(magnitude.ctz());
    const inexact = kept(at.c, spread.gtS(shape === 'f32' ? 24 : 53));
    const opcode = (shape === 'f32' ? 0xb4 : 0xb9) + (signed ? 0 : 1);
    at.c.if(at.mode.eq(Rounding.nearestEven).or(inexact.eq(0)), () =>
      finish(at, a!.apply(shape, opcode), () => inexact),
    );
  };

const widen: Fast = (at, a) => void at.c.if(a!.eq(a!), () => at.give(promote(a!)));

const narrow: Fast = (at, a) => {
  const r = kept(at.c, demote(a!));
  at.c.if(isNormal('f32', r.abs()), () => finish(at, r, () => promote(r).ne(a!)));
  at.c.if(a!.eq(0).or(a!.abs().eq(constant('f64', Number.POSITIVE_INFINITY))), () => at.give(r));
};

/** (mode, a, b) → the sum of two f64. */
type Addition = (mode: Val, a: Val, b: Val) => Val;

export interface FastOperation {
  readonly operands: readonly Shape[];
  readonly result: Shape;
  /** Absent: there is none. */
  readonly fast?: Fast;
  /** It is right in every rounding mode, not only to nearest even. */
  readonly anyMode: boolean;
}

/**
 * The operations on f32 and f64, an operation behind those that it needs.
 * @param fused the platform's relaxed multiply-add rounds once
 * @param add see fusedDouble
 */
export function fastOperations(fused: boolean, add?: Addition): ReadonlyMap<OperationName, FastOperation> {
  const all = new Map<OperationName, FastOperation>();
  const define = (name: OperationName, operands: readonly Shape[], result: Shape, fast?: Fast, anyMode = false) =>
    void all.set(name, { operands, result, fast, anyMode });
  for (const f of ['f32', 'f64'] as const) {
    define(`add ${f}`, [f, f], f, sum(f));
    define(`mul ${f}`, [f, f], f, multiply(f));
    define(`div ${f}`, [f, f], f, divide(f));
    define(`sqrt ${f}`, [f], f, squareRoot(f));
    define(`fma ${f}`, [f, f, f], f, f === 'f32' ? fusedSingle : fusedDouble(fused, add));
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
  return all;
}
