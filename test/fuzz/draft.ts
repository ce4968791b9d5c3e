/** Random instruction words, and what a generator asks of them. */
import { decode } from '../../emulator/engine/decoder.js';
import { rowOf } from '../../isa/decode.js';
import { extract, insert, type OperandName, operandNames, operands } from '../../isa/operands.js';
import type { Instruction } from '../../isa/types.js';
import { reserved, type Word } from './program.js';
import type { Random } from './random.js';

/** The hart has all extensions. */
export const everything = () => true;

/** An instruction word with its operands at hand, also those of the row that a compressed one stands for. */
export class Draft {
  readonly executed: Instruction;
  readonly executedWord: number;
  readonly length: 2 | 4;

  constructor(
    readonly row: Instruction,
    readonly bits: number,
  ) {
    const decoded = decode(bits, everything);
    this.executed = decoded.row!;
    this.executedWord = decoded.word;
    this.length = decoded.length;
  }

  get(name: OperandName): number {
    return extract(operands[name], this.executedWord);
  }
  has(name: string): boolean {
    return operandNames(this.executed).includes(name as OperandName);
  }
  get word(): Word {
    return { bits: this.bits, length: this.length };
  }
  /** Does it write this x register? */
  writes(register: number): boolean {
    const first = this.has('rd') ? this.get('rd') : undefined;
    if (!this.has('rdPair')) return first === register;
    return register !== 0 && (register & ~1) === this.get('rdPair');
  }
}

/** The row's word with some operands set and all other bits random; undefined if those bits make it another instruction. */
export function draft(
  r: Random,
  row: Instruction,
  fixed: Partial<Record<OperandName, number>> = {},
): Draft | undefined {
  let bits = row.match | (r.word() & ~row.mask);
  for (const name of operandNames(row)) {
    const kind = operands[name];
    const value =
      fixed[name] ??
      (kind.class === 'rounding' && r.oneIn(2) ? 7 : kind.class === 'mask' && r.oneIn(2) ? 1 : undefined);
    if (value === undefined) continue;
    for (const [high, low] of kind.pieces) bits &= ~((2 ** (high - low + 1) - 1) << low);
    bits |= insert(kind, value);
  }
  bits = row.length === 2 ? bits & 0xffff : bits >>> 0;
  return rowOf(bits, everything) === row ? new Draft(row, bits) : undefined;
}

/** A register that may be overwritten, not one of those given. */
export function freeRegister(r: Random, ...not: number[]): number {
  for (;;) {
    const x = 1 + r.below(31);
    if (!reserved.includes(x) && !not.includes(x)) return x;
  }
}
