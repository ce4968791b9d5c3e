/**
 * Xhartdot: 8-bit dot products, HartHop's own extension in opcode space custom-0. A scratchpad of eight registers holds operands that many dot
 * products share (a row of inputs, say); an accumulator takes the sums, wrapping at 64 bits; at the end it is scaled and clipped back to 8 bits.
 * It exists to show what an accelerator takes: docs/accelerator.md.
 */
import { extension, plain, row } from './rows.js';
import type { Extension } from './types.js';
import type { Scalar, Value } from './vocabulary.js';

const CUSTOM_0 = 0x0b;

const d = (name: string, funct3: number, funct7: number, syntax: string, run: (o: Scalar) => void, doc: string) =>
  row(name, 4, CUSTOM_0 | (funct3 << 12) | (funct7 << 25), syntax, plain(run), doc);

/** Byte n of a value, extended to i64. */
const byte = (value: Value, n: number, signed: boolean) => {
  const top = value.shl(56 - 8 * n);
  return signed ? top.shrS(56) : top.shrU(56);
};

/** Add the sum of eight products to the accumulator. The bytes of `a` have signs. */
function accumulate(o: Scalar, a: Value, b: Value, bSigned: boolean): void {
  const [x, y] = [o.keep(a), o.keep(b)];
  const sum = Array.from({ length: 8 }, (_, n) => byte(x, n, true).mul(byte(y, n, bSigned))).reduce((p, q) => p.add(q));
  const accumulator = o.unit('dotacc');
  accumulator.set(accumulator.value.add(sum));
}

/** Divide by a power of two, to nearest with halves upwards, and clip to 8 bits: the accumulator becomes the next layer's input. */
function narrowed(o: Scalar): Value {
  const sum = o.unit('dotacc').value;
  // The last bit that is shifted out rounds; of nothing shifted out there is none.
  const half = o.imm.eq(0).choose(0n, sum.shrS(o.imm.sub(1)).and(1));
  return o.keep(sum.shrS(o.imm).add(half)).maxS(-128n).minS(127n);
}

/** Xhartdot, 8-bit dot products. */
export const Xhartdot: Extension = {
  ...extension('Xhartdot', '8-bit dot products with a scratchpad and an accumulator (opcode space custom-0).', [
    d(
      'hdot.load',
      0,
      0,
      'dd, imm12(rs1)',
      (o) => o.unit('dd').set(o.memory.load('i64', o.rs1.add(o.imm))),
      'Load a scratchpad register: eight bytes.',
    ),
    d(
      'hdot.store',
      1,
      0,
      'ds, store12(rs1)',
      (o) => o.memory.store('i64', o.rs1.add(o.imm), o.unit('ds').value),
      'Store a scratchpad register: eight bytes.',
    ),
    d('hdot.set', 2, 0, 'dd, rs1', (o) => o.unit('dd').set(o.rs1), 'Copy an integer register to the scratchpad.'),
    d('hdot.get', 2, 1, 'rd, ds', (o) => o.rd.set(o.unit('ds').value), 'Copy a scratchpad register to an integer one.'),
    d(
      'hdot.macc',
      3,
      0,
      'rs1, rs2',
      (o) => accumulate(o, o.rs1, o.rs2, true),
      'Add the dot product of eight signed bytes and eight signed bytes to the accumulator.',
    ),
    d(
      'hdot.maccsu',
      3,
      1,
      'rs1, rs2',
      (o) => accumulate(o, o.rs1, o.rs2, false),
      'Add the dot product of eight signed bytes (rs1) and eight unsigned ones (rs2) to the accumulator.',
    ),
    d(
      'hdot.maccd',
      3,
      2,
      'rs1, ds',
      (o) => accumulate(o, o.rs1, o.unit('ds').value, true),
      'Add the dot product of eight signed bytes and those of a scratchpad register to the accumulator.',
    ),
    d('hdot.clear', 4, 0, '', (o) => o.unit('dotacc').set(0n), 'Set the accumulator to 0.'),
    row(
      'hdot.take',
      4,
      CUSTOM_0 | (5 << 12),
      'rd, shamt6',
      plain((o) => {
        o.rd.set(narrowed(o));
        o.unit('dotacc').set(0n);
      }),
      'The accumulator, shifted right with rounding and clipped to a signed byte; the accumulator becomes 0.',
    ),
  ]),
  unit: {
    files: [{ name: 'd', count: 8, elementBits: 8, doc: 'Scratchpad: eight signed bytes each.' }],
    csrs: [{ name: 'dotacc', number: 0x800, doc: 'Accumulator of dot products.' }],
    status: { name: 'dotstatus', number: 0x5c0, doc: 'Whether the dot-product unit may be used and was changed.' },
  },
};
