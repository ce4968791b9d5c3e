/** Where QEMU 10.0 is wrong or has taken another choice: what programs keep away from, and why. Nothing else is left out. */
import type { Instruction } from '../../isa/types.js';
import type { VectorMemory } from '../../isa/vector/shapes.js';
import { vectorOf } from '../../emulator/engine/vector/legality.js';

/**
 * A BF16 number that is not NaN-boxed is taken for the default NaN of binary16, 0x7e00, which as BF16 is a large number; it should be
 * BF16's own (Zfbfmin: "an operand that is not NaN-boxed is treated as the canonical NaN"). Their operand is loaded before.
 */
export const readsBoxedBf16 = (row: Instruction) => /^(fcvt\.s\.bf16|vfwmaccbf16\.vf)$/.test(row.name);

/** A load or store of whole registers whose vstart lies behind them stops QEMU at an assertion, where there is nothing to do. */
export function wholeAccessOverruns(row: Instruction, vstart: number, vlen: number): boolean {
  const v = vectorOf(row);
  return v.shape === 'memory' && v.address === 'whole' && vstart >= (vlen * v.registers) / v.eew;
}

/**
 * Reserved, and executed by QEMU: a register is read as elements of two widths (a mask's have one bit) by a store, a reduction, a comparison, an
 * addition with carry or vcompress (vector specification, "Vector Operands"). QEMU asks this of other instructions only.
 */
export function executesReserved(row: Instruction, why: string | undefined): boolean {
  if (!why?.includes('overlap, with elements of')) return false;
  const v = vectorOf(row);
  if (v.shape === 'memory') return row.syntax.startsWith('vs3');
  if (v.shape === 'reduction' || v.shape === 'compress') return true;
  return v.shape === 'element-wise' && (v.vd.of === 'mask' || /\bv0\b/.test(row.syntax));
}

/**
 * The instructions of SHA-2 are illegal in QEMU under a fractional LMUL, also where a group of elements fits (vsha_check asks for
 * `lmul >= 0`). The specification asks only that it fits ("Vector Cryptography", "Instruction Constraints"). Their fractions are left out.
 */
export const refusesFraction = (row: Instruction, vtype: number): boolean =>
  row.name.startsWith('vsha2') && (vtype & 4) !== 0;

/**
 * Misaligned atomic operations within 16 bytes (Zama16b): QEMU knows those of words and double-words, but neither comparisons with swaps nor
 * half-words, which it has trap.
 */
export const maybeMisaligned = (row: Instruction) => /^amo(?!cas).*\.[wd]$/.test(row.name);

/** A compare-and-swap whose result is not wanted writes it to x0, as the rest of its block of code sees it. */
export const spoilsX0 = (row: Instruction, rd: number) => row.name.startsWith('amocas') && rd === 0;

/**
 * A choice: of a segment in which a fault-only-first load ends, QEMU keeps the fields before the fault, beyond the new vl (vector specification,
 * "Unit-stride Fault-Only-First Loads": elements behind it may be overwritten). Memory does not end in such a segment.
 */
export const loadsPartOfSegment = (v: VectorMemory) => v.address === 'fault-first' && v.fields > 1;

// Other choices, no bugs:
// Of a fraction of a register QEMU allows every SEW of which VLEN holds one element, where we ask that ELEN does (vector specification,
// "Vector Register Grouping": more than that may be supported). Programs use the vtypes that both support.
// A store-conditional without a reservation fails without a look at the memory here; QEMU looks (faults.ts has none).
// The address of a fault of cbo.zero is that of the block, not of rs1: the block is addressed by its start (faults.ts).
// The address of a fault is that of the 16 bytes around it: QEMU reads misaligned values by halves of them.
