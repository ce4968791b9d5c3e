/* For debuggers: where the registers of what a trap interrupted are, while firmware's entry has not stored them all. */
#ifndef UNWIND_H
#define UNWIND_H

/* DWARF's number of a CSR is 4096 more than its own (RISC-V DWARF specification, "DWARF register numbers"). Here as ULEB128. */
#define UNWIND_MSCRATCH 0xc0, 0x26
#define UNWIND_MEPC 0xc1, 0x26

/* All are in the hart still, or again; the pc (column 64) is in mepc: DW_CFA_register. */
.macro unwind_live
  .cfi_signal_frame
  .cfi_return_column 64
  .cfi_def_cfa sp, 0
  .cfi_restore 2
  .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  .cfi_same_value \n
  .endr
  .cfi_escape 0x09, 64, UNWIND_MEPC
.endm

/* tp is in mscratch: DW_CFA_register. */
.macro unwind_swapped
  .cfi_escape 0x09, 4, UNWIND_MSCRATCH
.endm

/* Register n lies `offset` (below 64) behind tp: DW_CFA_expression of DW_OP_breg4. */
.macro unwind_at_tp n, offset
  .cfi_escape 0x10, \n, 2, 0x74, \offset
.endm

#endif
