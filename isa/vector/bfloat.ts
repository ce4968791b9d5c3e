/** Zvfbfmin and Zvfbfwma: vectors of BF16 numbers (unprivileged specification, "BF16" chapter). */
import { extension } from '../rows.js';
import { conversion, resized } from './float.js';
import { elementWise, places, promoted } from './rows.js';
import { BFLOAT, WIDE_FLOAT } from './shapes.js';

export const Zvfbfmin = extension('Zvfbfmin', 'Vectors of BF16 numbers: conversion to and from single precision.', [
  conversion('vfncvtbf16.f.f.w', 0b11101, BFLOAT, WIDE_FLOAT, resized(), 'Single to BF16.'),
  conversion('vfwcvtbf16.f.f.v', 0b01101, WIDE_FLOAT, BFLOAT, resized(), 'BF16 to single.'),
]);

export const Zvfbfwma = extension(
  'Zvfbfwma',
  'Vectors of BF16 numbers: multiply, and add to singles.',
  elementWise(
    'float',
    'vfwmaccbf16',
    0b111011,
    ['vv', 'vf'],
    places(
      WIDE_FLOAT,
      BFLOAT,
      BFLOAT,
      promoted((a, b, d, o) => o.float.fma(b, a, d)),
    ),
    'Fused: product of BF16 numbers plus the single in vd.',
    { order: 'vs1 first' },
  ),
);
