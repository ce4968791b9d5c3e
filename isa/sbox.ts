/**
 * The substitution boxes of AES (FIPS 197, section 5.1.1) and SM4 (GB/T 32907-2016, section 6.2), computed from what they are:
 * inversion in a field of 256 elements, between affine maps over single bits.
 */

/** Names of the boxes, as `substitute` in vocabulary.ts takes them. */
export const sboxNames = ['aes', 'aesInverse', 'sm4'] as const;
export type Sbox = (typeof sboxNames)[number];

/** The product of two bytes as polynomials over bits, modulo a polynomial of degree 8. */
function product(a: number, b: number, modulus: number): number {
  let sum = 0;
  for (let rest = b; rest; rest >>= 1) {
    if (rest & 1) sum ^= a;
    a = a & 0x80 ? (a << 1) ^ modulus : a << 1;
  }
  return sum;
}

/** The inverse of a byte, its 254th power; 0 stays 0. */
function inverse(a: number, modulus: number): number {
  let power = 1;
  for (let bit = 0x80; bit; bit >>= 1) {
    power = product(power, power, modulus);
    if (254 & bit) power = product(power, a, modulus);
  }
  return power;
}

const parity = (byte: number) => {
  let odd = 0;
  for (let rest = byte; rest; rest &= rest - 1) odd ^= 1;
  return odd;
};
const rotated = (byte: number, by: number) => ((byte << by) | (byte >> (8 - by))) & 0xff;

/** An affine map of bytes: bit i of the result is the parity of the bits that `row`, turned left by i, picks; then `plus` is added. */
const affine = (row: number, plus: number) => (byte: number) => {
  let result = plus;
  for (let i = 0; i < 8; i++) result ^= parity(byte & rotated(row, i)) << i;
  return result;
};

const box = (entry: (byte: number) => number) => Uint8Array.from({ length: 256 }, (_, byte) => entry(byte));

const AES_FIELD = 0x11b;
const aesMap = affine(0xf1, 0x63);
const aes = box((byte) => aesMap(inverse(byte, AES_FIELD)));

const SM4_FIELD = 0x1f5;
const sm4Map = affine(0xa7, 0xd3);

export const sboxes: Readonly<Record<Sbox, Uint8Array>> = {
  aes,
  aesInverse: box((byte) => aes.indexOf(byte)),
  sm4: box((byte) => sm4Map(inverse(sm4Map(byte), SM4_FIELD))),
};
