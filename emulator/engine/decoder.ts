/** Write decoded records: from an instruction word to handler, register addresses and immediate. */
import { isLong, rowOf } from '../../isa/decode.js';
import { encode } from '../../isa/encode.js';
import { extract, operandNames, operands } from '../../isa/operands.js';
import { instructionNamed } from '../../isa/table.js';
import type { Instruction } from '../../isa/types.js';
import { fRegister, record, X0_SINK, xRegister } from '../layout.js';
import { handlerOf, headIndex, OUTLINED, systemHandlers, tableIndex } from './handlers.js';
import { pathOf } from './trap-paths.js';

/** An instruction with its compressed form undone. */
export interface Decoded {
  /** The row that is executed; undefined: no instruction of this hart. */
  readonly row: Instruction | undefined;
  /** Bytes in memory. */
  readonly length: 2 | 4;
  /** The executed row's 4-byte word; for an illegal instruction the bits as they stand. */
  readonly word: number;
}

/** Row and 4-byte word of the instruction that starts a 32-bit word. */
export function decode(word: number, has: (extension: string) => boolean): Decoded {
  const length = isLong(word) ? 4 : 2;
  const bits = length === 4 ? word >>> 0 : word & 0xffff;
  const row = rowOf(bits, has);
  if (row && !has('Zca') && misaligns(row, bits)) return { row: checked(row), length, word: bits };
  if (row?.semantics.kind !== 'expand') return { row, length, word: bits };
  const full = instructionNamed(row.semantics.to)!;
  const values = row.semantics.as.map((value) =>
    typeof value === 'number' ? value : extract(operands[value as keyof typeof operands], bits),
  );
  return { row: full, length, word: encode(full, values) };
}

/** Does this jump or branch lead to an address that is no multiple of four, where an instruction may not start without Zca? (The loop looks at the targets of jumps by register.) */
function misaligns({ semantics, syntax }: Instruction, word: number): boolean {
  if (semantics.kind !== 'branch' && (semantics.kind !== 'jump' || semantics.to !== 'pc')) return false;
  const target = syntax.split(', ').at(-1) as keyof typeof operands;
  return (extract(operands[target], word) & 2) !== 0;
}

/** The row as the host executes it, which sees whether it is taken (emulator/hart/jumps.ts). It has no handler in the loop, so another name. */
function checked(row: Instruction): Instruction {
  const known = checkedRows.get(row);
  if (known) return known;
  const made: Instruction = { ...row, name: `${row.name}, checked`, semantics: { kind: 'system', handler: 'jump' } };
  checkedRows.set(row, made);
  return made;
}
const checkedRows = new Map<Instruction, Instruction>();

const ROLE: Record<string, number> = {
  rd: record.rd,
  rdPair: record.rd,
  rs2Pair: record.rs2,
  fd: record.rd,
  rs1: record.rs1,
  fs1: record.rs1,
  rs2: record.rs2,
  fs2: record.rs2,
  fs3: record.extra,
};

/**
 * Write one record.
 * @param address of the record
 * @param pc of the instruction; its low 12 bits decide whether a branch stays in the page
 * @param alone the record stands by itself (executed aside): no branch may go to its neighbours
 */
export function writeRecord(
  view: DataView,
  hart: number,
  address: number,
  pc: bigint,
  d: Decoded,
  alone = false,
): void {
  view.setUint8(address + record.step, d.length * 8);
  const { row } = d;
  if (!row) writeSystem(view, hart, address, d.word, 'illegal');
  else if (row.semantics.kind === 'system') writeSystem(view, hart, address, d.word, row.semantics.handler);
  else writeScalar(view, hart, address, pc, row, d, alone);
}

/** A record whose handler is a function outside the loop. */
function writeFunction(view: DataView, address: number, word: number, index: number): void {
  view.setUint8(address + record.op, OUTLINED);
  view.setUint16(address + record.table, index, true);
  view.setUint16(address + record.extra, 0, true);
  view.setUint32(address + record.word, word, true);
}

/** A record that the host executes, unless a path of the engine's own does. */
function writeSystem(
  view: DataView,
  hart: number,
  address: number,
  word: number,
  handler: (typeof systemHandlers)[number],
): void {
  const path = pathOf(handler, word);
  writeFunction(view, address, word, headIndex(path.name));
  view.setUint16(address + record.extra, systemHandlers.indexOf(handler), true);
  if (path.held === undefined) return;
  view.setUint16(address + record.rd, destination(hart, (word >>> 7) & 31), true);
  view.setUint16(address + record.rs1, xRegister(hart, (word >>> 15) & 31), true);
  view.setUint16(address + record.rs2, path.held, true);
}

/** Where a result goes: what is written to x0 is lost. */
const destination = (hart: number, x: number) => (x === 0 ? xRegister(hart, 0) + X0_SINK : xRegister(hart, x));

/** Every other row: x and f registers by address, and the immediate when the handler lies in the loop. Vector rows read the rest of the word. */
function writeScalar(
  view: DataView,
  hart: number,
  address: number,
  pc: bigint,
  row: Instruction,
  { word, length }: Decoded,
  alone: boolean,
): void {
  const op = handlerOf(row, length);
  if (op === undefined) writeFunction(view, address, word, tableIndex(row));
  else {
    view.setUint8(address + record.op, op);
    view.setBigInt64(address + record.imm, 0n, true);
  }
  for (const name of operandNames(row)) {
    const kind = operands[name];
    const value = extract(kind, word);
    if (kind.class === 'x') {
      const written = ROLE[name] === record.rd;
      // What it held before, for the rows that read it too (x0 is zero, whatever was written to it).
      if (written && op === undefined && row.semantics.kind === 'plain')
        view.setUint16(address + record.extra, xRegister(hart, value), true);
      view.setUint16(address + ROLE[name]!, written ? destination(hart, value) : xRegister(hart, value), true);
    } else if (kind.class === 'f') {
      view.setUint16(address + ROLE[name]!, fRegister(hart, value), true);
    } else if (op !== undefined && kind.class !== 'fence') {
      const imm = kind.class === 'upper' ? value << 12 : value;
      const near = handlerOf(row, length, true);
      const offset = Number(pc & 0xfffn) + imm;
      const stays = near !== undefined && !alone && offset >= 0 && offset < 4096;
      if (stays) view.setUint8(address + record.op, near);
      view.setBigInt64(address + record.imm, BigInt(stays ? imm * (record.bytes / 2) : imm), true);
    }
  }
}
