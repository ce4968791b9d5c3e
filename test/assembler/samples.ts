/** Operand values to try a row with: the ends of each operand's range, and random ones from a fixed seed. */
import { csrs } from '../../isa/csrs.js';
import { type OperandName, operandNames, operands, range } from '../../isa/operands.js';
import { Random as Numbers } from '../fuzz/random.js';
import type { Instruction, OperandKind } from '../../isa/types.js';

/** Numbers that look random and are always the same. */
export function randomFrom(seed: number): (below: number) => number {
  const random = new Numbers(seed);
  return (below) => random.below(below);
}

/** Is this a requirement of HartHop's own extensions, which no other tool knows? */
export const isOurs = (requires: readonly string[]) => requires.some((entry) => entry.startsWith('X'));

type Random = (below: number) => number;

/** Values of these classes that have a meaning; others print as numbers or not at all. */
const sensible: Partial<Record<OperandKind['class'], readonly number[]>> = {
  rounding: [0, 1, 2, 3, 4, 7],
  fence: [1, 2, 3, 4, 8, 10, 12, 15],
  // Named ones: of the others, each tool knows some that the others don't.
  csr: csrs.filter(({ requires }) => !isOurs([requires ?? ''])).map(({ number }) => number),
  vtype: [0x00, 0x08, 0xd0, 0x51, 0x8f, 0x1b, 0xc7, 0x46],
};

/** All values that an operand may have, as far as they are tried: `which` is `low`, `high` or a random one. */
export function sampleValue(kind: OperandKind, which: 'low' | 'high' | 'random', random: Random): number {
  const list = sensible[kind.class];
  if (list) return which === 'low' ? list[0]! : which === 'high' ? list.at(-1)! : list[random(list.length)]!;
  const { min, max, step } = range(kind);
  const count = (max - min) / step + 1;
  for (let tries = 0; ; tries++) {
    const index = which === 'low' ? tries : which === 'high' ? count - 1 - tries : random(count);
    const value = min + index * step;
    if (kind.except?.includes(value)) continue;
    // The upper half of an extended range.
    if (kind.extend && which === 'high' && tries === 0) return 2 ** kind.extend - 1;
    return value;
  }
}

/** Other assemblers refuse a vector destination that overlaps a source or, under a mask, v0: those are kept apart. */
function separate(row: Instruction, names: readonly OperandName[], values: number[], random: Random): void {
  const whole = /^v(l|s|mv)\dr/.test(row.name);
  const taken = new Set([0]);
  names.forEach((name, k) => {
    if (operands[name].class !== 'v') return;
    do values[k] = whole ? 8 * random(4) : random(32);
    while (taken.has(values[k]!));
    taken.add(values[k]!);
  });
}

/** Operand values of a row, in syntax order: all lowest, all highest, and `count` random lists. */
export function sampleOperands(row: Instruction, count: number, random: Random): number[][] {
  const names = operandNames(row);
  const make = (which: 'low' | 'high' | 'random') => {
    const values = names.map((name) => sampleValue(operands[name], which, random));
    separate(row, names, values, random);
    return values;
  };
  if (!names.length) return [[]];
  return [make('low'), make('high'), ...Array.from({ length: count }, () => make('random'))];
}
