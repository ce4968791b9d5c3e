/**
 * Where qemu-riscv64 7.2 is wrong or has taken another choice: what programs keep away from, and why. Nothing else is left out.
 */
import type { Instruction } from '../../isa/types.js';
import { type Word, word } from './program.js';

/**
 * vxrm and vxsat keep all bits that are written to them (write_vxrm and write_vxsat do not mask), so that vcsr reads back with bits
 * that do not exist. The specification has two bits and one bit (vector specification, "Vector Fixed-Point Rounding Mode Register vxrm").
 * Programs write these CSRs with values that exist.
 */
export const mostBits = { vxrm: 3, vxsat: 1 } as const;

/**
 * A vector instruction whose vstart is not below vl leaves vstart as it is (its code is jumped over as a whole), where the specification
 * has every vector instruction reset it ("Vector Start Index CSR vstart"). And instructions that demand a vstart of 0 look at the
 * one that was in force when their block of code was translated. So vstart is cleared after an instruction that was given one; that also
 * ends QEMU's block. That our machine resets it is for its own tests to show.
 */
export const clearVstart = (): Word => word('csrrwi', 0, 8, 0);

/**
 * Conversions with a fixed rounding mode abort QEMU (assertion `ctx->insn_start != NULL` in decode_save_opc) when they are the
 * first instruction of a translated block to use a rounding mode. An exact conversion before them that uses frm avoids it, unless a
 * page ends between the two, and with it the block: such a program is not compared.
 */
export const isKnownAbort = (stderr: string): boolean => stderr.includes('decode_save_opc: Assertion');

/** What goes before such a conversion. */
export const beforeFixedRounding = (row: string, f: number): Word[] =>
  /\.(rtz|rod)\./.test(row) ? [word('fcvt.s.w', f, 0, 7)] : [];

/**
 * vmv<n>r.v copies from element vstart to the group's end without asking whether vstart lies behind it: then QEMU itself dies of
 * a copy of negative length. Such a vstart is left out.
 */
export const wholeMoveOverruns = (row: Instruction, vstart: number, sew: number, vlen: number): boolean =>
  row.semantics.kind === 'vector' &&
  row.semantics.vector.shape === 'whole-move' &&
  vstart >= (vlen * row.semantics.vector.registers) / sew;

// Another choice, no bug: of a fraction of a register QEMU allows every SEW of which VLEN holds one element, where we ask that ELEN does
// ("Vector Register Grouping": more than that may be supported). Programs use the vtypes that both support.
