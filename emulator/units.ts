/** Where the registers of extensions' units (isa/types.ts) lie in a hart's block. Derived from the table. */
import { extensions } from '../isa/table.js';
import type { Instruction, Unit } from '../isa/types.js';
import { hart, tlb } from './layout.js';

/** A unit with its place: offsets within a hart's block, eight bytes a register. */
export interface PlacedUnit extends Unit {
  /** The extension's name. */
  readonly name: string;
  /** Offset of the status, 0 to 3. */
  readonly statusAt: number;
  /** Offset of the first register: they follow each other, files first. */
  readonly at: number;
  /** How many they are. */
  readonly words: number;
}

const placed: PlacedUnit[] = [];
let next: number = hart.units;
for (const { name, unit } of extensions) {
  if (!unit) continue;
  const words = unit.files.reduce((sum, { count }) => sum + count, unit.csrs.length);
  placed.push({ ...unit, name, words, statusAt: next, at: next + 8 });
  next += 8 * (1 + words);
}
if (next > tlb.first) throw new RangeError("the registers of extensions' units do not fit before the TLBs");

export const units: readonly PlacedUnit[] = placed;

/** The bytes of all units in a hart's block. */
export const unitBytes = next - hart.units;

/** The unit of an extension. */
export const unitNamed = (extension: string): PlacedUnit | undefined => units.find(({ name }) => name === extension);

/** The unit that a row's instructions work on. */
export const unitOf = (row: Instruction): PlacedUnit | undefined =>
  units.find(({ name }) => row.requires.includes(name));

/** Offset of the first register of a file. */
export function fileAt({ files, at }: PlacedUnit, file: string): number {
  const n = files.findIndex(({ name }) => name === file);
  if (n < 0) throw new Error(`no unit has a register file ${file}`);
  return at + 8 * files.slice(0, n).reduce((sum, { count }) => sum + count, 0);
}

/** Offset of a CSR's register; undefined when it is none of the unit's. */
export function csrAt({ files, csrs, at }: PlacedUnit, csr: string): number | undefined {
  const n = csrs.findIndex(({ name }) => name === csr);
  return n < 0 ? undefined : at + 8 * (files.reduce((sum, { count }) => sum + count, 0) + n);
}
