/** Registers of an extension's unit, as rows of the extension see them: in the hart's block, by number in the instruction word or by name. */
import { extract, insert, type OperandName, operands } from '../../isa/operands.js';
import type { OperandKind } from '../../isa/types.js';
import type { UnitRegister } from '../../isa/vocabulary.js';
import { record } from '../layout.js';
import { csrAt, fileAt, type PlacedUnit } from '../units.js';
import { i32, i64, load, type Val } from '../wasm/value.js';
import type { Place } from './scalar.js';

/** The number that a register operand has, times eight. Its bits lie together. */
function offsetOf(name: OperandName, kind: OperandKind, word: Val): Val {
  const [high, low] = kind.pieces[0]!;
  if (kind.pieces.length !== 1 || extract(kind, insert(kind, 1)) !== 1) throw new Error(`${name}: not a plain field`);
  return word
    .shrU(low)
    .and(2 ** (high - low + 1) - 1)
    .mul(8);
}

/** The vocabulary's `unit` at a place. */
export const unitRegisters =
  (unit: PlacedUnit, { c, hart, record: rec }: Place) =>
  (register: string): UnitRegister => {
    const csr = csrAt(unit, register);
    const kind: OperandKind | undefined = operands[register as OperandName];
    if (csr === undefined && !kind?.file) throw new Error(`${unit.name} has no register ${register}`);
    const [base, offset] =
      csr !== undefined
        ? [hart, csr]
        : [
            hart.add(offsetOf(register as OperandName, kind!, load('i32', rec, record.word))),
            fileAt(unit, kind!.file!),
          ];
    return {
      value: load('i64', base, offset),
      set(value) {
        c.store('i64', base, typeof value === 'object' ? (value as Val) : i64(value), offset);
        c.store('i64', hart, i64(3), unit.statusAt);
      },
    };
  };

/** Is the unit off (i32)? Then its instructions are illegal. */
export const isOff = (unit: PlacedUnit, hart: Val) => load('i32', hart, unit.statusAt).eq(i32(0));
