/**
 * Integer division on lanes, which the platform has for floating-point numbers only. The quotient of two integers of n bits, rounded to a number of more than n
 * bits and cut, is the integer's: to the next whole number there are at least 2^-n, more than rounding changes.
 */
import type { Element, Shape } from '../../../isa/vocabulary.js';
import type { Code } from '../../wasm/code.js';
import { elementOf, simd } from '../../wasm/opcodes.js';
import { kept, NoSuchOperation, Val } from '../../wasm/value.js';

const apply = (shape: Shape, code: readonly number[], ...operands: Val[]) =>
  new Val(shape, (c) => {
    for (const operand of operands) operand.emit(c);
    c.op(...code);
  });

/** The upper eight bytes in the lower ones' place. */
const upper = (v: Val) => apply(v.shape, [...simd(13), ...Array.from({ length: 16 }, (_, n) => 8 + (n % 8))], v, v);
/** The lower eight bytes of both. */
const joined = (shape: Shape, low: Val, high: Val) =>
  apply(shape, [...simd(13), ...Array.from({ length: 16 }, (_, n) => (n < 8 ? n : n + 8))], low, high);

/** By signedness, unsigned first: extensions of the lower and the upper half, narrowing of two. */
const halves = {
  i8: { wide: 'i16*', low: [137, 135], high: [138, 136], narrow: [102, 101] },
  i16: { wide: 'i32*', low: [169, 167], high: [170, 168], narrow: [134, 133] },
} as const;

/** The quotients, cut; no divisor is zero, nor any quotient too large. */
export function divided(a: Val, b: Val, signed: boolean): Val {
  const element: Element = elementOf(a.shape);
  const s = signed ? 1 : 0;
  if (element === 'i8' || element === 'i16') {
    const { wide, low, high, narrow } = halves[element];
    return new Val(a.shape, (c) =>
      c.scope(() => {
        const [x, y] = [kept(c, a), kept(c, b)];
        const half = (code: number) =>
          kept(c, quotient(c, apply(wide, simd(code), x), apply(wide, simd(code), y), signed));
        apply(a.shape, simd(narrow[s]), half(low[s]), half(high[s])).emit(c);
      }),
    );
  }
  if (element !== 'i32') throw new NoSuchOperation(`division of ${a.shape}`);
  return new Val('i32*', (c) =>
    c.scope(() => {
      const [x, y] = [kept(c, a), kept(c, b)];
      const double = (v: Val) => apply('f64*', simd(signed ? 254 : 255), v);
      const half = (p: Val, q: Val) => kept(c, apply('i32*', simd(signed ? 252 : 253), double(p).divS(double(q))));
      joined('i32*', half(x, y), half(upper(x), upper(y))).emit(c);
    }),
  );
}

/** Of numbers of 16 bits in lanes of 32, or of 8 in lanes of 16. */
function quotient(c: Code, x: Val, y: Val, signed: boolean): Val {
  if (x.shape === 'i16*') return divided(kept(c, x), kept(c, y), signed);
  const single = (v: Val) => apply('f32*', simd(signed ? 250 : 251), v);
  return apply('i32*', simd(signed ? 248 : 249), single(x).divS(single(y)));
}
