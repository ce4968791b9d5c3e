/** The linear functions of SHA-2 (FIPS 180-4, section 4.1) and SM3 (GB/T 32905-2016), on values of 32 or 64 bits: scalar and vector rows share them. */
import type { Value } from './vocabulary.js';

type Keep = (value: Value) => Value;

/** A SHA-2 function: rotations to the right, and the last term a shift in the message schedule's functions. */
const rotations = (first: number, second: number, third: number, last: 'rotr' | 'shrU') => (keep: Keep, x: Value) => {
  const v = keep(x);
  return v.rotr(first).xor(v.rotr(second)).xor(v[last](third));
};

/** SHA-224 and SHA-256, on words. */
export const sha256 = {
  sum0: rotations(2, 13, 22, 'rotr'),
  sum1: rotations(6, 11, 25, 'rotr'),
  sig0: rotations(7, 18, 3, 'shrU'),
  sig1: rotations(17, 19, 10, 'shrU'),
} as const;

/** SHA-384 and SHA-512, on double-words. */
export const sha512 = {
  sum0: rotations(28, 34, 39, 'rotr'),
  sum1: rotations(14, 18, 41, 'rotr'),
  sig0: rotations(1, 8, 7, 'shrU'),
  sig1: rotations(19, 61, 6, 'shrU'),
} as const;

/** SM3's permutations, on words. */
const permutation = (first: number, second: number) => (keep: Keep, x: Value) => {
  const v = keep(x);
  return v.xor(v.rotl(first)).xor(v.rotl(second));
};
export const sm3 = { p0: permutation(9, 17), p1: permutation(15, 23) } as const;
