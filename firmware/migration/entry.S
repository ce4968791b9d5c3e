/*
 * The way into and out of firmware on an accelerator hart. A thread's registers are stored straight into its frame and loaded from there;
 * firmware has a fresh stack at each entry. mscratch and tp hold the hart's structure, as everywhere (../entry.S).
 */
#include "../offsets.h"

.cfi_sections .debug_frame
.text
.align 2
.cfi_startproc
.cfi_signal_frame
.cfi_return_column 64
accelerator_entry:
  csrrw tp, mscratch, tp
  sd sp, HART_SCRATCH(tp)
  ld sp, HART_FRAME(tp)
  /* For debuggers: the thread's registers lie in its frame, its pc (column 64) first. */
  .cfi_def_cfa sp, 0
  .irp n, 1,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  sd x\n, 8*\n(sp)
  .cfi_offset \n, 8*\n
  .endr
  csrr t0, mepc
  sd t0, 0(sp)
  .cfi_offset 64, 0
  csrrw t0, mscratch, tp
  sd t0, 8*4(sp)
  .cfi_offset 4, 8*4
  ld t0, HART_SCRATCH(tp)
  sd t0, 8*2(sp)
  .cfi_offset 2, 8*2
  mv a0, sp
  mv s1, sp
  .cfi_def_cfa s1, 0
  ld sp, HART_STACK(tp)
  li s0, 0
  call accelerator_trap
  beqz a0, accelerator_idle
  /* a0 = the frame of the thread that goes on, or arrives. mstatus is the thread's. */
accelerator_resume:
  .cfi_def_cfa a0, 0
  ld t0, 0(a0)
  csrw mepc, t0
  .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  ld x\n, 8*\n(a0)
  .endr
  ld a0, 8*10(a0)
  mret
.cfi_endproc

/* No thread is here, and nothing stands below. */
.cfi_startproc
.cfi_return_column 64
.cfi_undefined 64
accelerator_idle:
  ld sp, HART_STACK(tp)
  li s0, 0
  call accelerator_wait
  /* No reservation outlives a thread: a store-conditional must not succeed on another's load-reserved. */
  addi t0, tp, HART_SCRATCH
  sc.d zero, zero, (t0)
  j accelerator_resume
.cfi_endproc

/* _Noreturn void accelerator_start(void): wait for threads, on a hart that is set up. */
.globl accelerator_start
accelerator_start:
  la t0, accelerator_entry
  csrw mtvec, t0
  j accelerator_idle
