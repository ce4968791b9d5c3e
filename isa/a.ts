/**
 * A: load-reserved and store-conditional (Zalrsc), and atomic memory operations (Zaamo). The ordering bits are written as a suffix of the
 * mnemonic.
 */
import type { Element, Scalar, Value } from './vocabulary.js';
import { AMO, extension, row } from './rows.js';

/** A size: mnemonic suffix, funct3, and the element in memory. */
export interface Size {
  readonly suffix: string;
  readonly funct3: number;
  readonly element: Element;
  readonly noun: string;
}
export const byte: Size = { suffix: 'b', funct3: 0b000, element: 'i8', noun: 'byte' };
export const halfWord: Size = { suffix: 'h', funct3: 0b001, element: 'i16', noun: 'half-word' };
export const word: Size = { suffix: 'w', funct3: 0b010, element: 'i32', noun: 'word' };
export const doubleWord: Size = { suffix: 'd', funct3: 0b011, element: 'i64', noun: 'double-word' };
/** Those of A. */
const sizes = [word, doubleWord];

/** The fixed bits of an atomic instruction. */
export const atomic = (funct5: number, funct3: number) => (AMO | (funct3 << 12) | (funct5 << 27)) >>> 0;

/** Read a memory operand, write it changed, and give the old value to rd, sign-extended. */
const amo = (name: string, funct5: number, size: Size, change: (old: Value, operand: Value) => Value, doc: string) =>
  row(
    `${name}.${size.suffix}`,
    4,
    atomic(funct5, size.funct3),
    'aqrl rd, rs2, (rs1)',
    {
      kind: 'plain',
      run(o: Scalar) {
        const operand = o.keep(o.rs2.to(size.element, true));
        o.rd.set(o.memory.update(size.element, o.rs1, (old) => change(old, operand)).to('i64', true));
      },
    },
    `${doc}, a ${size.noun} at once.`,
  );

const reservation = (size: Size) => [
  row(
    `lr.${size.suffix}`,
    4,
    atomic(0b00010, size.funct3),
    'aqrl rd, (rs1)',
    { kind: 'plain', run: (o) => o.rd.set(o.memory.loadReserved(size.element, o.rs1).to('i64', true)) },
    `Load a ${size.noun} and reserve its place.`,
  ),
  row(
    `sc.${size.suffix}`,
    4,
    atomic(0b00011, size.funct3),
    'aqrl rd, rs2, (rs1)',
    {
      kind: 'plain',
      run: (o) => o.rd.set(o.memory.storeConditional(size.element, o.rs1, o.rs2.to(size.element, true))),
    },
    `Store a ${size.noun} if the reservation still holds: 0 if stored, else 1.`,
  ),
];

/** The atomic memory operations of a size. */
export const operations = (size: Size) => [
  amo('amoswap', 0b00001, size, (_, operand) => operand, 'Swap with memory'),
  amo('amoadd', 0b00000, size, (old, operand) => old.add(operand), 'Add to memory'),
  amo('amoxor', 0b00100, size, (old, operand) => old.xor(operand), 'Exclusive or into memory'),
  amo('amoand', 0b01100, size, (old, operand) => old.and(operand), 'And into memory'),
  amo('amoor', 0b01000, size, (old, operand) => old.or(operand), 'Or into memory'),
  amo('amomin', 0b10000, size, (old, operand) => old.minS(operand), 'Minimum into memory, signed'),
  amo('amomax', 0b10100, size, (old, operand) => old.maxS(operand), 'Maximum into memory, signed'),
  amo('amominu', 0b11000, size, (old, operand) => old.minU(operand), 'Minimum into memory, unsigned'),
  amo('amomaxu', 0b11100, size, (old, operand) => old.maxU(operand), 'Maximum into memory, unsigned'),
];

export const Zalrsc = extension('Zalrsc', 'Load-reserved and store-conditional.', sizes.flatMap(reservation), 'A');
export const Zaamo = extension('Zaamo', 'Atomic memory operations.', sizes.flatMap(operations), 'A');
/** Both together. */
export const A = extension('A', 'Atomic instructions: Zalrsc and Zaamo.', []);
