/**
 * Floating point on whole lanes, rounded to nearest even, exact in its flags: where a lane is out of the bounds between which errors can be
 * computed (NaNs, infinities, subnormals, some zeros), nothing is done and control leaves for the loop over single elements.
 */
import type { Float, Value } from '../../../isa/vocabulary.js';
import type { Code, Label } from '../../wasm/code.js';
import { simd } from '../../wasm/opcodes.js';
import { constant, get, kept, NoSuchOperation, Val } from '../../wasm/value.js';
import { twoSum } from '../float-exact.js';
import { relaxedMultiplyAdd } from '../fused.js';
import { laneConversions } from './float-conversions.js';
import { withHalves } from './half-lanes.js';
import { Uniform } from './lane-values.js';

const f64 = (value: number) => constant('f64*', value);
const bits = (v: Value) => v.as('i64*') as Val;
const bits32 = (v: Value) => v.as('i32*') as Val;

/** Of masks of lanes of any width. */
const allOnes = (v: Val) => v.apply('i32', ...simd(99)); // i8x16.all_true
export const anyTrue = (v: Val) => v.apply('i32', ...simd(83));
const allTrue = (v: Val) => v.apply('i32', ...simd(195));
const allTrue32 = (v: Val) => v.apply('i32', ...simd(163));

/** A number as the sum of two of half as many bits. */
export interface Halves {
  readonly high: Val;
  readonly low: Val;
  /** It is known to lie within the bounds of what can be split. */
  readonly bounded?: true;
}

/** Veltkamp's splitting of f64 lanes; see float-exact.ts. */
function split(c: Code, x: Val): Halves {
  const scaled = kept(c, x.mul(f64(2 ** 27 + 1)));
  const high = kept(c, scaled.sub(scaled.sub(x)));
  return { high, low: kept(c, x.sub(high)) };
}

/**
 * The parts of a scalar factor, once for all lanes: where the platform has no fused multiply-add products are split.
 * @param leave where control goes when it can't be split
 */
export function splitScalar(c: Code, splat: Val, leave: Label): Halves {
  c.brIf(leave, allTrue(bits(splat.abs().ltS(f64(2 ** 990)))).eq(0));
  return { ...split(c, splat), bounded: true };
}

/** Two-product of f64 lanes; see float-exact.ts. */
const errorOfSplit = (x: Halves, y: Halves, p: Val): Val =>
  x.high.mul(y.high).sub(p).add(x.high.mul(y.low)).add(x.low.mul(y.high)).add(x.low.mul(y.low));
const productError = (c: Code, a: Val, b: Val, p: Val) => errorOfSplit(split(c, a), split(c, b), p);

/** Sums that an error follows, rounded to odd; see float-exact.ts. */
function toOdd(c: Code, sum: Val, error: Val): Val {
  const s = kept(c, bits(sum));
  const one = constant('i64*', 1);
  const shifted = (by: number) => (v: Val) =>
    new Val('i64*', (into) => {
      v.emit(into);
      into.constant('i32', by).op(...simd(204)); // i64x2.shr_s
    });
  const away = shifted(63)(s.xor(bits(error))).or(one);
  const adjust = bits(error.ne(f64(0))).and(s.and(one).eq(constant('i64*', 0)));
  return s.add(away.and(adjust)).as('f64*');
}

/** The lower or the upper two of four f32, as f64. */
function half(v: Val, which: 'lower' | 'upper'): Val {
  const promote = simd(95); // f64x2.promote_low_f32x4
  if (which === 'lower') return v.apply('f64*', ...promote);
  return new Val('f32*', (c) => {
    v.emit(c);
    v.emit(c);
    c.op(...simd(13), 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15); // i8x16.shuffle
  }).apply('f64*', ...promote);
}

/** Two pairs of f64 as four f32. */
function halves(c: Code, lower: Val, upper: Val): Val {
  const demoted = (v: Val) => v.apply('f32*', ...simd(94)); // f32x4.demote_f64x2_zero
  return kept(
    c,
    new Val('f32*', (into) => {
      demoted(lower).emit(into);
      demoted(upper).emit(into);
      into.op(...simd(13), 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    }),
  );
}

export interface FloatExits {
  /** Where control goes when a lane is out of bounds; nothing was written then. */
  readonly bail: Label;
  /** Local (v128) that collects, bit by bit, whether a result was rounded; undefined: nobody asks. */
  readonly inexact: number | undefined;
  /** The platform's relaxed multiply-add rounds once. */
  readonly fused: boolean;
}

/** The operations that exist on lanes; the others refuse. */
export function laneFloat(c: Code, { bail, inexact, fused }: FloatExits): Float {
  const keep = (v: Value) => kept(c, v as Val);
  const unless = (good: Val) => c.brIf(bail, good.eq(0));
  /** @param lost writes what it needs, and gives lanes of ones where a result was rounded */
  const note = (lost: () => Val) => {
    if (inexact !== undefined) c.set(inexact, get(inexact, 'i64*').or(bits(lost())));
  };
  const noted = inexact !== undefined;
  const magnitude = (x: Val, below: number) => bits(x.abs().ltS(f64(2 ** below)));
  const bounded = (x: Val, least: number, below: number) =>
    bits(x.abs().gtS(f64(least))).and(bits(x.abs().ltS(f64(below))));
  const isZero = (x: Val) => bits(x.eq(f64(0)));
  /** Certainly neither overflow nor tiny. */
  const isNormal = (x: Val) => bits(x.abs().gtS(f64(2 ** -1022))).and(bits(x.abs().ltS(f64(Number.POSITIVE_INFINITY))));
  const f32 = (value: number) => constant('f32*', value);
  const isZero32 = (x: Val) => bits32(x.eq(f32(0)));
  const isNormal32 = (x: Val) =>
    bits32(x.abs().gtS(f32(2 ** -126))).and(bits32(x.abs().ltS(f32(Number.POSITIVE_INFINITY))));

  function add(x: Value, y: Value): Val {
    const [a, b] = [keep(x), keep(y)];
    const r = keep(a.add(b));
    if (r.shape === 'f64*') unless(allTrue(magnitude(r, 1023)));
    else unless(allTrue32(bits32(r.abs().ltS(f32(2 ** 127)))));
    note(() => twoSum(c, a, b, r).ne(constant(r.shape, 0)));
    return r;
  }

  /** The error of a product p within bounds. */
  const errorOf = (a: Val, b: Val, p: Val) => (fused ? relaxedMultiplyAdd(a, b, p.neg()) : productError(c, a, b, p));

  function mul(x: Value, y: Value): Val {
    const [a, b] = [keep(x), keep(y)];
    const p = keep(a.mul(b));
    if (p.shape === 'f64*') {
      const zero = isZero(p).and(isZero(a).or(isZero(b)));
      if (!noted) c.rarely(allTrue(isNormal(p)).eq(0), () => unless(allTrue(isNormal(p).or(zero))));
      else if (fused) unless(allTrue(bounded(p, 2 ** -960, 2 ** 990).or(zero)));
      else
        unless(
          allTrue(
            bounded(p, 2 ** -960, 2 ** 990)
              .or(zero)
              .and(magnitude(a, 990))
              .and(magnitude(b, 990)),
          ),
        );
      note(() => errorOf(a, b, p).ne(f64(0)));
      return p;
    }
    const zero = isZero32(p).and(isZero32(a).or(isZero32(b)));
    unless(allTrue32(isNormal32(p).or(zero)));
    // The product of two f32 is exact in f64.
    for (const which of ['lower', 'upper'] as const) note(() => half(a, which).mul(half(b, which)).ne(half(p, which)));
    return p;
  }

  /** Products whose error can be computed, of doubles. */
  const calm = (x: Val) => bounded(x, 2 ** -900, 2 ** 990);

  function div(x: Value, y: Value): Val {
    const [a, b] = [keep(x), keep(y)];
    const q = keep(a.divS(b));
    if (q.shape === 'f64*') {
      const zero = isZero(q).and(isZero(a));
      if (!noted) unless(allTrue(isNormal(q).or(zero)));
      else
        unless(
          allTrue(
            calm(q)
              .and(calm(a))
              .and(calm(b))
              .or(zero.and(magnitude(b, 990))),
          ),
        );
      note(() => remainder(a, q, b).ne(f64(0)));
    } else {
      const finite = bits32(b.abs().ltS(f32(Number.POSITIVE_INFINITY)));
      unless(allTrue32(isNormal32(q).or(isZero32(q).and(isZero32(a)).and(finite))));
      for (const which of ['lower', 'upper'] as const)
        note(() => half(q, which).mul(half(b, which)).ne(half(a, which)));
    }
    return q;
  }

  /** What a product that is nearly a number leaves of it; or zero where it is that number. */
  function remainder(a: Val, q: Val, b: Val): Val {
    if (fused) return relaxedMultiplyAdd(q.neg(), b, a);
    const p = keep(q.mul(b));
    return a.sub(p).sub(productError(c, q, b, p));
  }

  function sqrt(x: Value): Val {
    const a = keep(x);
    const r = keep(a.sqrt());
    if (r.shape === 'f64*') {
      unless(allTrue((noted ? calm(a) : isNormal(a)).and(bits(a.gtS(f64(0)))).or(isZero(a))));
      note(() => remainder(a, r, r).ne(f64(0)));
    } else {
      unless(
        allTrue32(
          isNormal32(a)
            .and(bits32(a.gtS(f32(0))))
            .or(isZero32(a)),
        ),
      );
      for (const which of ['lower', 'upper'] as const)
        note(() => half(r, which).mul(half(r, which)).ne(half(a, which)));
    }
    return r;
  }

  function fma(x: Value, y: Value, z: Value): Val {
    const [a, b, d] = [keep(x), keep(y), keep(z)];
    if (a.shape === 'f64*') {
      if (fused) return fusedByPlatform(a, b, d);
      const halvesOf = (given: Value, value: Val) => (given instanceof Uniform && given.halves()) || split(c, value);
      return fusedDouble(a, b, d, [halvesOf(x, a), halvesOf(y, b)]);
    }
    if (fused && !noted) {
      const r = keep(relaxedMultiplyAdd(a, b, d));
      const zero = isZero32(a).or(isZero32(b));
      const finite = bits32(r.abs().ltS(f32(Number.POSITIVE_INFINITY)));
      c.rarely(allTrue32(isNormal32(r)).eq(0), () => unless(allTrue32(isNormal32(r).or(zero.and(finite)))));
      return r;
    }
    const parts = (['lower', 'upper'] as const).map((which) => {
      const product = keep(half(a, which).mul(half(b, which)));
      const addend = keep(half(d, which));
      const sum = keep(product.add(addend));
      const error = keep(twoSum(c, product, addend, sum));
      return { sum, error, odd: keep(toOdd(c, sum, error)) };
    });
    const r = halves(c, parts[0]!.odd, parts[1]!.odd);
    unless(allTrue32(isNormal32(r)));
    parts.forEach(({ sum, error }, k) => {
      note(() => error.ne(f64(0)));
      note(() => half(r, k ? 'upper' : 'lower').ne(sum));
    });
    return r;
  }

  /**
   * The platform's own, and whether it rounded: Sylvie Boldo and Jean-Michel Muller, "Exact and Approximated Error of the FMA" (IEEE Transactions on Computers
   * 60, 2011), algorithm ErrFmaNearest. A product of which a factor is zero is exact, whatever it is added to.
   */
  function fusedByPlatform(a: Val, b: Val, d: Val): Val {
    const r = keep(relaxedMultiplyAdd(a, b, d));
    const finite = bits(r.abs().ltS(f64(Number.POSITIVE_INFINITY)));
    const isExact = isZero(a).or(isZero(b)).and(finite);
    if (!noted) {
      c.rarely(allTrue(isNormal(r)).eq(0), () => unless(allTrue(isNormal(r).or(isExact))));
      return r;
    }
    const zero = keep(isExact);
    unless(allTrue(isNormal(r).or(zero)));
    const p = keep(a.mul(b));
    unless(
      allTrue(
        bounded(p, 2 ** -960, 2 ** 990)
          .or(zero)
          .and(magnitude(d, 1000)),
      ),
    );
    const low = keep(errorOf(a, b, p));
    const exactly = () => note(() => twoSum(c, p, d, r).ne(f64(0)));
    const nearly = () =>
      note(() => {
        const t = keep(d.add(low));
        const tError = keep(twoSum(c, d, low, t));
        const v = keep(p.add(t));
        const rest = v.sub(r).add(twoSum(c, p, t, v));
        return rest.add(tError).ne(f64(0));
      });
    // Of small whole numbers every product is exact: then the sum's error is all.
    c.if(anyTrue(bits(low.ne(f64(0)))), nearly, exactly);
    return r;
  }

  /**
   * Without the platform's. The product is p + low exactly, its sum with the addend s + e + low. Of that rest the nearest number is taken a little larger and a
   * little smaller: where both give the same sum, it is right (Ziv's test). Else the rest is known exactly too, and rounded to odd.
   */
  function fusedDouble(a: Val, b: Val, d: Val, parts: readonly [Halves, Halves]): Val {
    const p = keep(a.mul(b));
    const fits = bounded(p, 2 ** -960, 2 ** 990).and(magnitude(d, 1000));
    const factors = [a, b].filter((_, n) => !parts[n]!.bounded);
    const good = keep(factors.reduce((all: Val, x) => all.and(magnitude(x, 990)), fits));
    c.rarely(allTrue(good).eq(0), () => {
      const nothing = isZero(p)
        .and(isZero(a).or(isZero(b)))
        .and(bits(d.ne(f64(0))));
      const bound = [a, b].reduce((all: Val, x) => all.and(magnitude(x, 990)), magnitude(d, 1000));
      unless(allTrue(good.or(nothing.and(bound))));
    });
    const low = keep(errorOfSplit(parts[0], parts[1], p));
    const s = keep(p.add(d));
    const e = keep(twoSum(c, p, d, s));
    const rest = keep(e.add(low));
    const result = c.local('f64*');
    const r = get(result, 'f64*');
    c.set(result, s.add(rest.mul(f64(1 + 2 ** -51))));
    const other = s.add(rest.mul(f64(1 - 2 ** -51)));
    c.rarely(anyTrue(bits(r.ne(other))), () => c.set(result, byOdd(d, p, low)));
    note(() => {
      const lost = keep(twoSum(c, e, low, rest));
      return bits(lost.ne(f64(0))).or(bits(twoSum(c, s, rest, r).ne(f64(0))));
    });
    return r;
  }

  /** float.ts's fusedDouble, lane by lane. */
  function byOdd(d: Val, p: Val, low: Val): Val {
    const t = keep(d.add(low));
    const tError = keep(twoSum(c, d, low, t));
    const v = keep(p.add(t));
    const vError = keep(twoSum(c, p, t, v));
    const rest = keep(tError.add(vError));
    const restError = keep(twoSum(c, tError, vError, rest));
    return keep(v.add(keep(toOdd(c, rest, restError))));
  }

  /** Lanes that compare equal to themselves: no NaN. */
  function numbers(...values: Val[]): void {
    for (const v of values) {
      const good = v.eq(v);
      unless(v.shape === 'f64*' ? allTrue(bits(good)) : allTrue32(bits32(good)));
    }
  }
  const compare = (how: 'eq' | 'ltS' | 'leS') => (x: Value, y: Value) => {
    const [a, b] = [keep(x), keep(y)];
    numbers(a, b);
    const result = a[how](b);
    return a.shape === 'f64*' ? bits(result) : bits32(result);
  };
  /** The platform's know signed zeros. */
  const extreme = (single: number, double: number) => (x: Value, y: Value) => {
    const [a, b] = [keep(x), keep(y)];
    numbers(a, b);
    return new Val(a.shape, (into) => {
      a.emit(into);
      b.emit(into);
      into.op(...simd(a.shape === 'f64*' ? double : single));
    });
  };

  const notes = { unless: (good: Val) => unless(allOnes(good)), note };
  const operations = {
    add,
    sub: (a: Value, b: Value) => add(a, b.neg()),
    mul,
    div,
    sqrt,
    fma,
    eq: compare('eq'),
    lt: compare('ltS'),
    le: compare('leS'),
    min: extreme(232, 244),
    max: extreme(233, 245),
  };
  const known: Partial<Float> = { ...laneConversions(c, notes), ...withHalves(c, notes, operations) };
  return new Proxy(known as Float, {
    get(target, name) {
      if (name in target) return target[name as keyof Float];
      throw new NoSuchOperation(`float.${String(name)} on lanes`);
    },
  });
}
