/** Zvkb: bit manipulation that cryptography needs, element by element (vector cryptography, "Vector Cryptography Bit-manipulation"). */
import { reverseBitsInBytes, reverseBytes } from '../bits.js';
import { extension } from '../rows.js';
import type { Instruction } from '../types.js';
import type { Value } from '../vocabulary.js';
import { OPIVI, OPMVV, op, vectorInteger, vectorUnary } from './rows.js';
import { type ElementScope, type ElementWise, INTEGER } from './shapes.js';

/** One-source rows of the group that also holds the extensions by sign and zero. */
export const vectorBits = (
  name: string,
  which: number,
  element: (a: Value, o: ElementScope) => Value,
  doc: string,
): Instruction => vectorUnary(name, 0b010010, OPMVV, which, INTEGER, INTEGER, element, doc);

const rotatedRight: ElementWise['element'] = (a, b) => a.rotr(b);

export const Zvkb = extension(
  'Zvkb',
  'Vector bit manipulation for cryptography.',
  [
    vectorInteger('vandn', 0b000001, ['vv', 'vx'], (a, b) => a.and(b.not()), 'vs2 and not the second operand.'),
    vectorBits(
      'vbrev8.v',
      0b01000,
      (a, o) => reverseBitsInBytes(o.keep, a),
      'Bits in opposite order within each byte.',
    ),
    vectorBits('vrev8.v', 0b01001, (a, o) => reverseBytes(o.keep, a), 'Bytes in opposite order.'),
    vectorInteger('vrol', 0b010101, ['vv', 'vx'], (a, b) => a.rotl(b), 'Rotate left.'),
    vectorInteger('vror', 0b010100, ['vv', 'vx'], rotatedRight, 'Rotate right.'),
    op(
      'vror.vi',
      0b010100,
      OPIVI,
      'vd, vs2, rotate6, vm',
      { shape: 'element-wise', vd: INTEGER, vs2: INTEGER, vs1: INTEGER, element: rotatedRight },
      'Rotate right.',
    ),
  ].flat(),
);
