/** Zacas and Zabha: atomic compare-and-swap, and atomic operations on bytes and half-words. */
import { atomic, byte, doubleWord, halfWord, operations, type Size, word } from './a.js';
import { extension, plain, row } from './rows.js';
import type { Scalar } from './vocabulary.js';

const COMPARE_AND_SWAP = 0b00101;

const compareAndSwap = (size: Size, requires: readonly string[] = []) =>
  row(
    `amocas.${size.suffix}`,
    4,
    atomic(COMPARE_AND_SWAP, size.funct3),
    'aqrl rd, rs2, (rs1)',
    plain((o) => {
      const expected = o.keep(o.rdOld.to(size.element, true));
      const operand = o.keep(o.rs2.to(size.element, true));
      const old = o.memory.update(size.element, o.rs1, (value) => value.eq(expected).choose(operand, value));
      o.rd.set(old.to('i64', true));
    }),
    `Swap a ${size.noun} with memory if it is what rd holds; rd gets what was there.`,
    requires,
  );

/** 16 bytes, in registers two by two. */
const compareAndSwapPair = (o: Scalar) => {
  const [low, high] = [o.keep(o.rs2), o.keep(o.second.rs2)];
  const [expectedLow, expectedHigh] = [o.keep(o.rdOld), o.keep(o.second.rdOld)];
  const [oldLow, oldHigh] = o.memory.updatePair(o.rs1, (a, b) => {
    const same = o.keep(a.eq(expectedLow).and(b.eq(expectedHigh)));
    return [same.choose(low, a), same.choose(high, b)];
  });
  o.rd.set(oldLow);
  o.second.rd.set(oldHigh);
};

export const Zacas = extension('Zacas', 'Atomic compare-and-swap.', [
  compareAndSwap(word),
  compareAndSwap(doubleWord),
  row(
    'amocas.q',
    4,
    atomic(COMPARE_AND_SWAP, 0b100),
    'aqrl rdPair, rs2Pair, (rs1)',
    plain(compareAndSwapPair),
    'Swap a pair of double-words with memory if it is what rd and the next register hold; they get what was there.',
  ),
]);

export const Zabha = extension('Zabha', 'Atomic operations on bytes and half-words.', [
  ...[byte, halfWord].flatMap(operations),
  ...[byte, halfWord].map((size) => compareAndSwap(size, ['Zacas'])),
]);
