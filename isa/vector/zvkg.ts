/** Zvkg: products in the field of Galois/Counter Mode (vector cryptography, "Vector GCM/GMAC"; NIST SP 800-38D, section 6.3). */
import { reverseBitsInBytes } from '../bits.js';
import { extension } from '../rows.js';
import type { Value } from '../vocabulary.js';
import { elementGroup, vs1Is } from './rows.js';
import type { ElementGroup, GroupScope } from './shapes.js';

/** A polynomial over bits, 64 coefficients a double-word, the lowest first. */
type Polynomial = readonly Value[];

/** Four words as a polynomial: within bytes the standard has the lowest coefficient in the highest bit. */
function polynomial(o: GroupScope, [w0, w1, w2, w3]: readonly Value[]): Polynomial {
  const double = (low: Value, high: Value) => low.to('i64', false).or(high.to('i64', false).shl(32));
  return [double(w0!, w1!), double(w2!, w3!)].map((bits) => o.keep(reverseBitsInBytes(o.keep, bits)));
}

/** The words of a polynomial. */
function words(o: GroupScope, doubles: Polynomial): Value[] {
  return doubles.flatMap((double) => {
    const bits = o.keep(reverseBitsInBytes(o.keep, double));
    return [bits.to('i32', false), bits.shrU(32).to('i32', false)];
  });
}

/** The product of two polynomials of 128 coefficients, of 256. */
function product(o: GroupScope, [a0, a1]: Polynomial, [b0, b1]: Polynomial): Value[] {
  const part = (half: 'low' | 'high', a: Value, b: Value) => o.carryless(half, a, b);
  const middle = (half: 'low' | 'high') => part(half, a0!, b1!).xor(part(half, a1!, b0!));
  return [
    part('low', a0!, b0!),
    part('high', a0!, b0!).xor(middle('low')),
    part('low', a1!, b1!).xor(middle('high')),
    part('high', a1!, b1!),
  ].map(o.keep);
}

/** The coefficients from x^128 on stand for their products with x^7 + x^2 + x + 1: what of those stays below x^64, and what comes above. */
const folded = (a: Value) => a.xor(a.shl(1)).xor(a.shl(2)).xor(a.shl(7));
const foldedBeyond = (a: Value) => a.shrU(63).xor(a.shrU(62)).xor(a.shrU(57));

function reduced(o: GroupScope, [p0, p1, p2, p3]: readonly Value[]): Polynomial {
  const beyond = o.keep(foldedBeyond(p3!));
  return [p0!.xor(folded(p2!)).xor(folded(beyond)), p1!.xor(foldedBeyond(p2!)).xor(folded(p3!))];
}

const multiplied = (o: GroupScope, a: readonly Value[], b: readonly Value[]) =>
  words(o, reduced(o, product(o, polynomial(o, a), polynomial(o, b))));

const meaning = (group: ElementGroup['group']) =>
  ({ size: 4, sews: { 32: [] }, scalar: false, apart: [], group }) as const;

export const Zvkg = extension('Zvkg', 'Vector GHASH, for Galois/Counter Mode.', [
  elementGroup(
    'vghsh.vv',
    0b101100,
    'vd, vs2, vs1',
    meaning((d, a, b, o) =>
      multiplied(
        o,
        d.map((word, n) => word.xor(b[n]!)),
        a,
      ),
    ),
    'GHASH: add vs1 to vd, and multiply by vs2 in the field.',
  ),
  elementGroup(
    'vgmul.vv',
    0b101000,
    'vd, vs2',
    meaning((d, a, _, o) => multiplied(o, d, a)),
    'GHASH: multiply vd by vs2 in the field.',
    vs1Is(0b10001),
  ),
]);
