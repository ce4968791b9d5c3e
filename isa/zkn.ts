/** Zknd, Zkne and Zknh: AES and SHA-2 (scalar cryptography specification, the instructions of RV64). */
import { inverseMixColumn, mixColumn, roundConstant, shiftedFrom, substituteWord } from './aes.js';
import { sha256, sha512 } from './hashes.js';
import type { Scalar, Value } from './vocabulary.js';
import { extension, needs, OP, OP_IMM, plain, r, row, unary } from './rows.js';

type Keep = Scalar['keep'];

/** A function of words on both halves of a double-word. */
const onColumns = (o: Scalar, column: (keep: Keep, c: Value) => Value, value: Value) => {
  const v = o.keep(value);
  const half = (word: Value) => column(o.keep, word.to('i32', false)).to('i64', false);
  return half(v).or(half(v.shrU(32)).shl(32));
};

/**
 * Half a round of AES on the state in rs1 (columns 0 and 1) and rs2 (2 and 3): the first two columns of what comes out. For the other two the
 * registers change places.
 */
const round = (inverse: boolean, mixed: boolean) => (o: Scalar) => {
  const state = [o.keep(o.rs1), o.keep(o.rs2)];
  const bytes = Array.from({ length: 8 }, (_, n) => {
    const from = shiftedFrom(n, inverse);
    const byte = state[from >> 3]!.shrU(8 * (from % 8));
    return byte.substitute(inverse ? 'aesInverse' : 'aes').shl(8 * n);
  });
  const shifted = bytes.reduce((all, byte) => all.or(byte));
  o.rd.set(mixed ? onColumns(o, inverse ? inverseMixColumn : mixColumn, shifted) : shifted);
};

const SCHEDULE = ['Zknd|Zkne'];

/** The first word of the next key; in round 10 nothing is added, nor the word rotated. */
const startOfKey = (o: Scalar) => {
  const number = o.keep(o.imm.to('i32', false));
  const whole = o.keep(number.eq(10));
  const word = o.keep(o.rs1.shrU(32).to('i32', false));
  const constant = whole.choose(0, roundConstant(number));
  const substituted = substituteWord(o.keep, whole.choose(word, word.rotr(8)), 'aes');
  const result = o.keep(substituted.xor(constant).to('i64', false));
  o.rd.set(result.or(result.shl(32)));
};

/** The next two words of the key. */
const restOfKey = (o: Scalar) => {
  const words = o.keep(o.rs2);
  const first = o.keep(o.rs1.shrU(32).xor(words.and(0xffff_ffff)));
  o.rd.set(first.or(first.xor(words.shrU(32)).shl(32)));
};

export const Zknd = extension('Zknd', 'AES decryption.', [
  r('aes64ds', OP, 0b000, 0x1d, round(true, false), 'Half of the last AES decryption round.'),
  r('aes64dsm', OP, 0b000, 0x1f, round(true, true), 'Half of an AES decryption round.'),
  unary(
    'aes64im',
    OP_IMM,
    0b001,
    0x300,
    (o) => o.rd.set(onColumns(o, inverseMixColumn, o.rs1)),
    'Turn two words of an AES key into those for decryption.',
  ),
]);

export const Zkne = extension('Zkne', 'AES encryption.', [
  r('aes64es', OP, 0b000, 0x19, round(false, false), 'Half of the last AES encryption round.'),
  r('aes64esm', OP, 0b000, 0x1b, round(false, true), 'Half of an AES encryption round.'),
  row(
    'aes64ks1i',
    4,
    OP_IMM | (0b001 << 12) | (0x31 << 24),
    'rd, rs1, rnum',
    plain(startOfKey),
    'Substitute, rotate and add the constant of a round: the first half of an AES key step.',
    SCHEDULE,
  ),
  needs(SCHEDULE, r('aes64ks2', OP, 0b000, 0x3f, restOfKey, 'Add words: the second half of an AES key step.')),
]);

/** What each function of SHA-2 is for. */
const purposes = {
  sum0: 'first sum of a round',
  sum1: 'second sum of a round',
  sig0: 'first function of the message schedule',
  sig1: 'second function of the message schedule',
} as const;
const names = Object.keys(purposes) as (keyof typeof purposes)[];

export const Zknh = extension('Zknh', 'SHA-2 hash functions.', [
  ...names.map((name, n) =>
    unary(
      `sha256${name}`,
      OP_IMM,
      0b001,
      0x100 + n,
      (o) => o.rd.set(sha256[name](o.keep, o.rs1.to('i32', false)).to('i64', true)),
      `SHA-256: ${purposes[name]}.`,
    ),
  ),
  ...names.map((name, n) =>
    unary(
      `sha512${name}`,
      OP_IMM,
      0b001,
      0x104 + n,
      (o) => o.rd.set(sha512[name](o.keep, o.rs1)),
      `SHA-512: ${purposes[name]}.`,
    ),
  ),
]);
