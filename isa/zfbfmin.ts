/** Zfbfmin: numbers in the upper half of a single's bits, BF16 (unprivileged specification, "BF16" chapter); loads, stores and moves are Zfhmin's. */
import { half, opFp, single } from './floating-point.js';
import { extension, plain, row } from './rows.js';

export const Zfbfmin = extension('Zfbfmin', 'BF16 numbers: conversion to and from single precision.', [
  row(
    'fcvt.bf16.s',
    4,
    opFp(0b01000, half, 0b01000),
    'fd, fs1, rm',
    plain((o) => o.fd.set(o.float.convert(o.f('fs1', 'f32'), 'bf16'))),
    'Convert a single to a BF16 number.',
  ),
  row(
    'fcvt.s.bf16',
    4,
    opFp(0b01000, single, 0b00110),
    'fd, fs1, rmExact',
    plain((o) => o.fd.set(o.float.convert(o.f('fs1', 'bf16'), 'f32'))),
    'Convert a BF16 number to a single.',
  ),
]);
