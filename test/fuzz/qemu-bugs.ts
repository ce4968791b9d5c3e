/** Where QEMU 10.0 is wrong or has taken another choice: what programs keep away from, and why. Nothing else is left out. */

import { vectorOf } from '../../isa/vector/legality.js';
import type { Instruction } from '../../isa/types.js';
import type { VectorMemory } from '../../isa/vector/shapes.js';

/** All of them, for docs/isa.md. A `choice` is allowed by the specification. */
export const qemuDifferences: { readonly kind: 'bug' | 'choice'; readonly what: string }[] = [];
const bug = (what: string) => qemuDifferences.push({ kind: 'bug', what });
const choice = (what: string) => qemuDifferences.push({ kind: 'choice', what });

bug(
  'A BF16 number in an f register that is not NaN-boxed is taken for the NaN of binary16, 0x7e00, which as BF16 is a large number. By Zfbfmin it is the NaN of BF16. Programs load the operand before.',
);
export const readsBoxedBf16 = (row: Instruction) => /^(fcvt\.s\.bf16|vfwmaccbf16\.vf)$/.test(row.name);

bug(
  'A load or store of whole registers whose vstart lies behind them stops QEMU at an assertion, where there is nothing to do.',
);
export function wholeAccessOverruns(row: Instruction, vstart: number, vlen: number): boolean {
  const v = vectorOf(row);
  return v.shape === 'memory' && v.address === 'whole' && vstart >= (vlen * v.registers) / v.eew;
}

choice(
  'Reserved, and executed by QEMU: a store, a reduction, a comparison, an addition with carry or vcompress reads a register as elements of two widths (a mask\'s have one bit; vector specification, "Vector Operands"). Of other instructions QEMU asks what the specification asks.',
);
export function executesReserved(row: Instruction, why: string | undefined): boolean {
  if (!why?.includes('overlap, with elements of')) return false;
  const v = vectorOf(row);
  if (v.shape === 'memory') return row.syntax.startsWith('vs3');
  if (v.shape === 'reduction' || v.shape === 'compress') return true;
  return v.shape === 'element-wise' && (v.vd.of === 'mask' || /\bv0\b/.test(row.syntax));
}

bug(
  'The instructions of SHA-2 are illegal under every fractional LMUL, also where a group of elements fits; the specification asks only that it fits ("Vector Cryptography", "Instruction Constraints").',
);
export const refusesFraction = (row: Instruction, vtype: number): boolean =>
  row.name.startsWith('vsha2') && (vtype & 4) !== 0;

bug(
  'Misaligned atomic operations within 16 bytes (Zama16b) are possible on words and double-words, but compare-and-swap and the operations on half-words trap.',
);
export const maybeMisaligned = (row: Instruction) => /^amo(?!cas).*\.[wd]$/.test(row.name);

bug(
  'A compare-and-swap with x0 as its destination writes what it read to x0, as the rest of its block of code sees it.',
);
export const spoilsX0 = (row: Instruction, rd: number) => row.name.startsWith('amocas') && rd === 0;

choice(
  'Of a segment in which a fault-only-first load ends, QEMU keeps the fields before the fault, beyond the new vl; and under a mask it ends at an active element, where we end at the first that cannot be read. Memory ends in plain fault-only-first loads only.',
);
export const endsOtherwise = (v: VectorMemory, masked: boolean) =>
  v.address === 'fault-first' && (v.fields > 1 || masked);

choice(
  'Of a fraction of a register QEMU allows every SEW of which VLEN holds one element, where we ask that ELEN does (vector specification, "Vector Register Grouping": more than that may be supported). Programs use the vtypes that both support.',
);
choice('A store-conditional without a reservation fails without a look at memory here; QEMU looks, and may fault.');
choice(
  "User mode has no cbo.inval, cbo.clean and cbo.flush, as under Linux; and the address of cbo.zero's fault is that of the block, not of rs1.",
);
choice(
  'The address of a fault is compared to 16 bytes: QEMU reads a misaligned value by halves of them, and tells the address of the half.',
);
