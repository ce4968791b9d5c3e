/** M: integer multiplication (which is Zmmul when it stands alone) and division. */
import type { Scalar, Value } from './vocabulary.js';
import { extension, OP, OP_32, r } from './rows.js';

/**
 * Division as the specification has it, which never traps: by zero the quotient is all ones and the remainder the dividend; the most
 * negative number by -1 gives itself and 0. The platform's division would trap on both, so it is never given them.
 */
const divide = (result: 'quotient' | 'remainder', signed: boolean, bits: 32 | 64) => (o: Scalar) => {
  const narrow = (v: Value) => (bits === 32 ? v.to('i32', true) : v);
  const a = o.keep(narrow(o.rs1));
  const b = o.keep(narrow(o.rs2));
  const byZero = b.eq(0);
  let value: Value;
  if (signed) {
    const minusOne = b.eq(-1);
    const safe = byZero.or(minusOne).choose(1, b);
    value =
      result === 'quotient'
        ? byZero.choose(-1, minusOne.choose(a.neg(), a.divS(safe)))
        : byZero.choose(a, a.remS(safe)); // the remainder by 1 is 0, as by -1
  } else {
    const safe = byZero.choose(1, b);
    value = result === 'quotient' ? byZero.choose(-1, a.divU(safe)) : byZero.choose(a, a.remU(safe));
  }
  o.rd.set(bits === 32 ? value.to('i64', true) : value);
};

const high = (aSigned: boolean, bSigned: boolean) => (o: Scalar) => o.rd.set(o.mulHigh(o.rs1, o.rs2, aSigned, bSigned));

export const Zmmul = extension(
  'Zmmul',
  'Integer multiplication.',
  [
    r('mul', OP, 0b000, 0x01, ({ rd, rs1, rs2 }) => rd.set(rs1.mul(rs2)), 'Multiply, low half.'),
    r('mulh', OP, 0b001, 0x01, high(true, true), 'Multiply, high half, signed.'),
    r('mulhsu', OP, 0b010, 0x01, high(true, false), 'Multiply, high half, signed by unsigned.'),
    r('mulhu', OP, 0b011, 0x01, high(false, false), 'Multiply, high half, unsigned.'),
    r(
      'mulw',
      OP_32,
      0b000,
      0x01,
      (o) => o.rd.set(o.rs1.to('i32', true).mul(o.rs2.to('i32', true)).to('i64', true)),
      'Multiply, 32-bit.',
    ),
  ],
  'M',
);

export const M = extension(
  'M',
  'Integer multiplication and division: this is the division, Zmmul has the multiplication.',
  [
    r('div', OP, 0b100, 0x01, divide('quotient', true, 64), 'Divide, signed.'),
    r('divu', OP, 0b101, 0x01, divide('quotient', false, 64), 'Divide, unsigned.'),
    r('rem', OP, 0b110, 0x01, divide('remainder', true, 64), 'Remainder, signed.'),
    r('remu', OP, 0b111, 0x01, divide('remainder', false, 64), 'Remainder, unsigned.'),
    r('divw', OP_32, 0b100, 0x01, divide('quotient', true, 32), 'Divide, signed, 32-bit.'),
    r('divuw', OP_32, 0b101, 0x01, divide('quotient', false, 32), 'Divide, unsigned, 32-bit.'),
    r('remw', OP_32, 0b110, 0x01, divide('remainder', true, 32), 'Remainder, signed, 32-bit.'),
    r('remuw', OP_32, 0b111, 0x01, divide('remainder', false, 32), 'Remainder, unsigned, 32-bit.'),
  ],
);
