/** Zvbb: the rest of vector bit manipulation; with it comes Zvkb (vector cryptography, "Vector Basic Bit-manipulation"). */
import { reverseBitsInBytes, reverseBytes } from '../bits.js';
import { extension } from '../rows.js';
import type { Value } from '../vocabulary.js';
import { elementWise, places, widened } from './rows.js';
import { type ElementScope, INTEGER, WIDE_INTEGER } from './shapes.js';
import { vectorBits } from './zvkb.js';

const reversedBits = (a: Value, o: ElementScope) => reverseBytes(o.keep, reverseBitsInBytes(o.keep, a));

export const Zvbb = extension('Zvbb', 'Vector bit manipulation.', [
  vectorBits('vbrev.v', 0b01010, reversedBits, 'Bits in opposite order.'),
  vectorBits('vclz.v', 0b01100, (a) => a.clz(), 'How many zeros are above the highest one.'),
  vectorBits('vctz.v', 0b01101, (a) => a.ctz(), 'How many zeros are below the lowest one.'),
  vectorBits('vcpop.v', 0b01110, (a) => a.popcount(), 'How many bits are set.'),
  ...elementWise(
    'integer',
    'vwsll',
    0b110101,
    ['vv', 'vx', 'vu'],
    places(
      WIDE_INTEGER,
      INTEGER,
      INTEGER,
      widened('uu', (a, b) => a.shl(b)),
    ),
    'Shift left, extended to double width by zeros.',
  ),
]);
