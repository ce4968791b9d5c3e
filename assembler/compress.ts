/** The shorter form of an instruction, from the table: the inverse of its `expand` rows, where GNU as uses it. */
import { encode } from '../isa/encode.js';
import { fits, operandNames, operands } from '../isa/operands.js';
import { satisfied } from '../isa/requires.js';
import { instructions } from '../isa/table.js';
import type { Instruction } from '../isa/types.js';

interface Shorter {
  readonly row: Instruction;
  readonly as: readonly (string | number)[];
}

/** Compressed rows by the name of the row they stand for. */
const shorter = new Map<string, Shorter[]>();
for (const row of instructions) {
  if (row.semantics.kind !== 'expand') continue;
  const { to, as } = row.semantics;
  shorter.set(to, [...(shorter.get(to) ?? []), { row, as }]);
}

/** The two sources may be exchanged. */
const commutative = new Set(['add', 'and', 'or', 'xor', 'addw']);

/** The compressed row's own operand values for the long row's, or undefined when they don't fit. */
function invert({ row, as }: Shorter, values: readonly number[]): number[] | undefined {
  const names: readonly string[] = operandNames(row);
  const own = new Array<number | undefined>(names.length);
  for (let k = 0; k < as.length; k++) {
    const each = as[k]!;
    const value = values[k]!;
    if (typeof each === 'number') {
      if (each !== value) return undefined;
      continue;
    }
    const index = names.indexOf(each);
    if (own[index] !== undefined && own[index] !== value) return undefined;
    own[index] = value;
  }
  return own.every((value, index) => fits(operands[operandNames(row)[index]!], value!)) ? (own as number[]) : undefined;
}

/**
 * A hint: a form whose register result is lost, or an addition of 0 or shift by 0 in place. Hints are only assembled when written as such.
 * c.nop is none: it is what nop is compressed to.
 */
function isHint({ row, as }: Shorter, values: readonly number[]): boolean {
  const names: readonly string[] = operandNames(row);
  if (names[0]?.startsWith('rd') && values[0] === 0) return true;
  const inPlace = typeof as[0] === 'string' && as[0] === as[1];
  return inPlace && /^c\.(addi|slli|srli|srai)$/.test(row.name) && values[1] === 0;
}

/** The compressed row and its operand values, or undefined when there is none. */
export function compress(row: Instruction, values: readonly number[], has: (extension: string) => boolean) {
  const found = find(row.name, values, has);
  if (found) return found;
  // A move is an addition of 0; c.mv is an addition to x0.
  if (row.name === 'addi' && values[2] === 0) return find('add', [values[0]!, 0, values[1]!], has);
  // Like GNU as, which leaves an addition of x0 alone when it comes second.
  if (commutative.has(row.name) && values[2] !== 0) return find(row.name, [values[0]!, values[2]!, values[1]!], has);
  return undefined;
}

function find(name: string, values: readonly number[], has: (extension: string) => boolean) {
  for (const each of shorter.get(name) ?? []) {
    if (!satisfied(each.row.requires, has)) continue;
    const own = invert(each, values);
    if (own && !isHint(each, own)) return { row: each.row, values: own };
  }
  return undefined;
}

/** The word of a compressed or full instruction. */
export const wordOf = ({ row, values }: { row: Instruction; values: readonly number[] }) => encode(row, values);
