/**
 * Numbers of 16 bits on lanes, which the platform does not know: four of them as singles, computed there, and rounded to their format.
 *
 * Why that is one rounding: a sum, product, quotient or root that was rounded to 24 bits rounds again to 11 as if it had not been, because 24 is at least
 * 2 · 11 + 2 (Samuel Figueroa, "When is Double Rounding Innocuous?", SIGNUM Newsletter 30, 1995). A product of two is exact as a single; its sum with a third is rounded to odd.
 */
import type { Float, Shape, Value } from '../../../isa/vocabulary.js';
import type { Code } from '../../wasm/code.js';
import { simd } from '../../wasm/opcodes.js';
import { constant, kept, Val } from '../../wasm/value.js';
import { twoSum } from '../float-exact.js';

/** How lanes give up, and what they tell. */
export interface LaneNotes {
  /** Leave unless all lanes are ones. */
  unless(good: Val): void;
  /** Lanes of ones where a result was rounded; asked for only where it matters. */
  note(lost: () => Val): void;
}

interface Format {
  /** Bits of a single's fraction that it lacks, and what a single's exponent field is larger by. */
  readonly lacking: number;
  readonly bias: number;
  readonly infinity: number;
  /** Singles from the least that is normal in the format, to the least that rounds to infinity: their bits. */
  readonly normal: readonly [from: number, to: number];
}
const formats: Readonly<Record<'f16*' | 'bf16*', Format>> = {
  'f16*': { lacking: 13, bias: 112, infinity: 0x7c00, normal: [0x3880_0000, 0x477f_f000] },
  'bf16*': { lacking: 16, bias: 0, infinity: 0x7f80, normal: [0x0080_0000, 0x7f7f_8000] },
};
export type HalfLanes = keyof typeof formats;
export const isHalfLanes = (shape: Shape): shape is HalfLanes => shape in formats;

const words = (value: number) => constant('i32*', value);
const both = ['lower', 'upper'] as const;
type Half = (typeof both)[number];

/** Four numbers as singles. NaNs and infinities leave. */
export function widened(c: Code, x: Val, which: Half, { unless }: LaneNotes): Val {
  const { lacking, bias, infinity } = formats[x.shape as HalfLanes];
  const bits = kept(c, x.as('i16*').apply('i32*', ...simd(which === 'lower' ? 169 : 170))); // i32x4.extend_i16x8_u
  const magnitude = kept(c, bits.and(0x7fff));
  unless(magnitude.ltS(words(infinity)));
  const field = magnitude.shl(lacking).as('f32*');
  // The exponent stands for less by the difference of the biases, in a subnormal too: multiplying is exact.
  const number = bias ? field.mul(constant('f32*', 2 ** bias)) : field;
  return kept(c, number.as('i32*').or(bits.and(0x8000).shl(16)).as('f32*'));
}

/** Four singles rounded to numbers of 16 bits, in lanes of 32. What is not normal there leaves, zeros do not. */
export function rounded(c: Code, x: Val, to: HalfLanes, { unless, note }: LaneNotes, toOdd = false): Val {
  const {
    lacking,
    bias,
    normal: [from, end],
  } = formats[to];
  const bits = kept(c, x.as('i32*'));
  const magnitude = kept(c, bits.and(0x7fff_ffff));
  const isZero = kept(c, magnitude.eq(words(0)));
  unless(
    magnitude
      .geS(words(from))
      .and(magnitude.ltS(words(end)))
      .or(isZero),
  );
  const lost = kept(c, magnitude.and(2 ** lacking - 1).ne(words(0)));
  note(() => lost);
  const last = magnitude.shrU(lacking).and(1);
  const added = toOdd ? magnitude : magnitude.add(last).add(2 ** (lacking - 1) - 1);
  const field = added.sub(bias * 2 ** 23).shrU(lacking);
  const result = toOdd ? field.or(lost.and(1)) : field;
  return kept(c, isZero.choose(words(0), result).or(bits.shrU(16).and(0x8000)) as Val);
}

/** Eight numbers of 16 bits, of four and four in lanes of 32; `signed`: -1 and 0, else without sign. */
export const joined = (shape: Shape, [lower, upper]: readonly Val[], signed = false) =>
  new Val(shape, (c) => {
    lower!.emit(c);
    upper!.emit(c);
    c.op(...simd(signed ? 133 : 134)); // i16x8.narrow_i32x4
  });

/** Of the lower four and the upper four. */
export const eachHalf = (compute: (which: Half) => Val): Val[] => both.map(compute);

type Operations = Pick<Float, 'add' | 'sub' | 'mul' | 'div' | 'sqrt' | 'fma' | 'eq' | 'lt' | 'le' | 'min' | 'max'>;

/** The operations of singles, and by them those of f16. */
export function withHalves(c: Code, notes: LaneNotes, single: Operations): Operations {
  const isHalf = (x: Value) => x.shape === 'f16*';
  const wide = (x: Value, which: Half) => widened(c, x as Val, which, notes);
  const number = (compute: (which: Half) => Val) =>
    joined(
      'f16*',
      eachHalf((which) => rounded(c, compute(which), 'f16*', notes)),
    );
  const unary = (operation: 'sqrt') => (x: Value) =>
    isHalf(x) ? number((which) => single[operation](wide(x, which)) as Val) : single[operation](x);
  const binary = (operation: 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max') => (x: Value, y: Value) =>
    isHalf(x) ? number((which) => single[operation](wide(x, which), wide(y, which)) as Val) : single[operation](x, y);
  const truth = (operation: 'eq' | 'lt' | 'le') => (x: Value, y: Value) =>
    isHalf(x)
      ? joined(
          'i16*',
          eachHalf((which) => kept(c, single[operation](wide(x, which), wide(y, which)) as Val)),
          true,
        )
      : single[operation](x, y);
  return {
    add: binary('add'),
    sub: binary('sub'),
    mul: binary('mul'),
    div: binary('div'),
    min: binary('min'),
    max: binary('max'),
    sqrt: unary('sqrt'),
    eq: truth('eq'),
    lt: truth('lt'),
    le: truth('le'),
    fma: (x, y, z) =>
      isHalf(x) ? number((which) => sumToOdd(wide(x, which).mul(wide(y, which)), wide(z, which))) : single.fma(x, y, z),
  };

  /** The sum of an exact product and a number as a single rounded to odd; what is lost then is lost in the format too. */
  function sumToOdd(exact: Val, addend: Val): Val {
    const product = kept(c, exact);
    const sum = kept(c, product.add(addend));
    const error = kept(c, twoSum(c, product, addend, sum));
    const bits = kept(c, sum.as('i32*'));
    const away = bits.xor(error.as('i32*')).shrS(31).or(words(1));
    const adjust = error
      .ne(constant('f32*', 0))
      .as('i32*')
      .and(bits.and(1).eq(words(0)));
    return kept(c, bits.add(away.and(adjust)).as('f32*'));
  }
}
