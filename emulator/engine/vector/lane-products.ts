/** The upper 64 bits of products of 64-bit numbers on lanes, of which the platform has the products of 32 bits. */
import type { Shape } from '../../../isa/vocabulary.js';
import { simd } from '../../wasm/opcodes.js';
import { constant, kept, Val } from '../../wasm/value.js';

const apply = (shape: Shape, code: readonly number[], ...operands: Val[]) =>
  new Val(shape, (c) => {
    for (const operand of operands) operand.emit(c);
    c.op(...code);
  });

/** The lower or upper words of both numbers, side by side. */
const words = (v: Val, which: 0 | 4) =>
  apply('i32*', [...simd(13), ...Array.from({ length: 16 }, (_, n) => 8 * ((n >> 2) & 1) + which + (n & 3))], v, v);
/** Products of the lower two words of each, as numbers of 64 bits. */
const product = (x: Val, y: Val) => apply('i64*', simd(222), x, y); // i64x2.extmul_low_i32x4_u

/** Unsigned: school multiplication, of which no column is more than 64 bits. */
export function upperProducts(a: Val, b: Val): Val {
  return new Val('i64*', (c) =>
    c.scope(() => {
      const [x, y] = [kept(c, a), kept(c, b)];
      const [low, high] = [0 as const, 4 as const].map((which) => ({
        x: kept(c, words(x, which)),
        y: kept(c, words(y, which)),
      })) as [{ x: Val; y: Val }, { x: Val; y: Val }];
      const one = kept(c, product(high.x, low.y).add(product(low.x, low.y).shrU(32)));
      const other = kept(c, product(low.x, high.y).add(one.and(constant('i64*', 0xffff_ffffn))));
      product(high.x, high.y).add(one.shrU(32)).add(other.shrU(32)).emit(c);
    }),
  );
}
