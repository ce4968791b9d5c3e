/**
 * Jumps and branches of harts without compressed instructions whose target is no multiple of four (unprivileged specification,
 * "Control Transfer Instructions"): the exception is the jump's own, if it is taken, so the target is looked at before rd is
 * written. The engine executes all others.
 */
import { causes } from '../../isa/csrs.js';
import { rowOf } from '../../isa/decode.js';
import { extract, operandNames, operands } from '../../isa/operands.js';
import type { Scalar } from '../../isa/vocabulary.js';
import type { Hart } from './hart.js';
import { raise } from './traps.js';

/** A register's value as branch conditions see it: they compare two of them. */
class Compared {
  constructor(private readonly bits: bigint) {}
  private signed(other: Compared): [bigint, bigint] {
    return [BigInt.asIntN(64, this.bits), BigInt.asIntN(64, other.bits)];
  }
  eq = (b: Compared) => this.bits === b.bits;
  ne = (b: Compared) => this.bits !== b.bits;
  ltU = (b: Compared) => this.bits < b.bits;
  geU = (b: Compared) => this.bits >= b.bits;
  ltS(b: Compared): boolean {
    const [x, y] = this.signed(b);
    return x < y;
  }
  geS = (b: Compared) => !this.ltS(b);
}

/** Where the jump or branch at pc leads; undefined: it is not taken. */
function destination(hart: Hart, pc: bigint, word: number): bigint | undefined {
  const row = rowOf(word)!;
  const names = operandNames(row);
  const offset = names.find((name) => operands[name].class !== 'x')!;
  const x = (name: (typeof names)[number]) => hart.x(extract(operands[name], word));
  const { semantics } = row;
  if (semantics.kind === 'branch') {
    // The comparisons of the vocabulary, made on values instead of being written as code.
    const compared = { rs1: new Compared(x('rs1')), rs2: new Compared(x('rs2')) } as unknown as Scalar;
    if (!semantics.condition(compared)) return undefined;
  }
  return BigInt.asUintN(64, pc + BigInt(extract(operands[offset], word)));
}

/** Execute the jump or branch at pc: pc and, where it does not trap, rd are set. */
export function jump(hart: Hart, pc: bigint, word: number): void {
  const next = BigInt.asUintN(64, pc + 4n);
  const target = destination(hart, pc, word) ?? next;
  if (target & 2n) {
    raise(hart, causes.fetchMisaligned, target, pc);
    return;
  }
  const row = rowOf(word)!;
  if (row.semantics.kind === 'jump') hart.setX(extract(operands.rd, word), next);
  hart.setPc(target);
}
