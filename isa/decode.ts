/** From a word to its row: derived from match, mask and excepted values. */
import { extract, operandNames, operands } from './operands.js';
import { satisfied } from './requires.js';
import { instructions } from './table.js';
import type { Instruction } from './types.js';

/** Rows by opcode and funct3 (or, compressed, by the low two bits and the top three), the most particular mask first. */
const buckets = new Map<number, Instruction[]>();

/** Is this the first half of a 4-byte instruction? (Unprivileged specification, "Base Instruction-Length Encoding".) */
export const isLong = (halfword: number) => (halfword & 3) === 3;

const FUNCT3 = 0x7000;
const bucketOf = (word: number) =>
  isLong(word) ? (word & 0x7f) | ((word & FUNCT3) >>> 4) : 0x400 | (word & 3) | (((word >>> 13) & 7) << 2);
const ones = (n: number) => {
  let count = 0;
  for (; n; n &= n - 1) count++;
  return count;
};
for (const row of instructions) {
  // Every row fixes its opcode.
  const keyMask = row.length === 4 ? 0x7f : 0xe003;
  if ((row.mask & keyMask) !== keyMask) throw new Error(`${row.name}: opcode bits are not fixed`);
  // Where other things lie in the place of funct3 (an upper immediate, a rounding mode), a row is in several buckets.
  const open = row.length === 4 ? FUNCT3 & ~row.mask : 0;
  for (let bits = 0; bits <= open; bits += 0x1000) {
    if (bits & ~open) continue;
    const key = bucketOf((row.match | bits) >>> 0);
    const list = buckets.get(key) ?? [];
    buckets.set(key, list);
    list.push(row);
  }
}
for (const list of buckets.values()) list.sort((a, b) => ones(b.mask) - ones(a.mask));

const excepted = new Map(
  instructions.map((row) => [
    row,
    operandNames(row).flatMap((name) => {
      const kind: { except?: readonly number[] } & (typeof operands)[typeof name] = operands[name];
      return kind.except ? [{ kind, except: kind.except }] : [];
    }),
  ]),
);

/**
 * The row of an instruction word, or undefined when no row matches.
 * @param word 32 bits; for a compressed instruction the upper half is not looked at
 * @param has whether an extension is present; default: all are
 */
export function rowOf(word: number, has?: (extension: string) => boolean): Instruction | undefined {
  const bits = isLong(word) ? word : word & 0xffff;
  return buckets
    .get(bucketOf(bits))
    ?.find(
      (row) =>
        (bits & row.mask) >>> 0 === row.match &&
        excepted.get(row)!.every(({ kind, except }) => !except.includes(extract(kind, bits))) &&
        (!has || satisfied(row.requires, has)),
    );
}
