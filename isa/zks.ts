/** Zksed and Zksh: SM4 and SM3 (scalar cryptography specification). */
import { sm3 } from './hashes.js';
import type { Scalar, Value } from './vocabulary.js';
import { extension, OP, OP_IMM, plain, row, unary } from './rows.js';

/** One byte of rs2 through SM4's box and a linear function, turned to the byte's place, added to rs1; a word, sign-extended. */
const sm4 = (name: string, funct5: number, linear: (x: Value) => Value, doc: string) =>
  row(
    name,
    4,
    OP | (funct5 << 25),
    'rd, rs1, rs2, bs',
    plain((o: Scalar) => {
      const place = o.keep(o.imm.to('i32', false).shl(3));
      const byte = o.keep(o.rs2.to('i32', false).shrU(place).substitute('sm4'));
      o.rd.set(linear(byte).rotl(place).xor(o.rs1.to('i32', false)).to('i64', true));
    }),
    doc,
  );

/**
 * SM4's linear functions (GB/T 32907-2016, sections 6.2 and 7.3) of a word that has only its lowest byte. The standard's words begin with the
 * most significant byte, these with the least: a rotation goes up within a byte, and on from byte to byte downwards.
 */
const ofRound = (x: Value) =>
  x.xor(x.shl(2)).xor(x.shl(8)).xor(x.shl(18)).xor(x.and(0x3f).shl(26)).xor(x.and(0xc0).shl(10));
const ofKey = (x: Value) =>
  x.xor(x.and(0x07).shl(29)).xor(x.and(0xf8).shl(13)).xor(x.and(0x01).shl(23)).xor(x.and(0xfe).shl(7));

export const Zksed = extension('Zksed', 'SM4 block cipher.', [
  sm4('sm4ed', 0b11000, ofRound, 'A quarter of an SM4 encryption or decryption round.'),
  sm4('sm4ks', 0b11010, ofKey, 'A quarter of a round of the SM4 key schedule.'),
]);

export const Zksh = extension('Zksh', 'SM3 hash function.', [
  unary(
    'sm3p0',
    OP_IMM,
    0b001,
    0x108,
    (o) => o.rd.set(sm3.p0(o.keep, o.rs1.to('i32', false)).to('i64', true)),
    'SM3: permutation of a round.',
  ),
  unary(
    'sm3p1',
    OP_IMM,
    0b001,
    0x109,
    (o) => o.rd.set(sm3.p1(o.keep, o.rs1.to('i32', false)).to('i64', true)),
    'SM3: permutation of the message expansion.',
  ),
]);
