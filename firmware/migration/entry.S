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
  .irp n, 1,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  sd x\n, 8*\n(sp)
  .endr
  csrrw t0, mscratch, tp
  sd t0, 8*4(sp)
  ld t0, HART_SCRATCH(tp)
  sd t0, 8*2(sp)
  csrr t0, mepc
  sd t0, 0(sp)
  mv a0, sp
  mv s1, sp
  ld sp, HART_STACK(tp)
  li s0, 0
  /* For debuggers: the thread's registers lie in its frame, its pc (column 64) first. */
  .cfi_def_cfa s1, 0
  .cfi_offset 64, 0
  .irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  .cfi_offset \n, 8*\n
  .endr
  call accelerator_trap
  bnez a0, accelerator_resume
.cfi_endproc

/* No thread is here. a0 = the frame of the next one, when it is. */
.cfi_startproc
.cfi_undefined ra
accelerator_idle:
  ld sp, HART_STACK(tp)
  li s0, 0
  call accelerator_wait
  /* No reservation outlives a thread: a store-conditional must not succeed on another's load-reserved. */
  addi t0, tp, HART_SCRATCH
  sc.d zero, zero, (t0)
.cfi_endproc

/* a0 = the frame. mstatus is the thread's. */
.cfi_startproc
accelerator_resume:
  ld t0, 0(a0)
  csrw mepc, t0
  .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  ld x\n, 8*\n(a0)
  .endr
  ld a0, 8*10(a0)
  mret
.cfi_endproc

/* _Noreturn void accelerator_start(void): wait for threads, on a hart that is set up. */
.globl accelerator_start
accelerator_start:
  la t0, accelerator_entry
  csrw mtvec, t0
  j accelerator_idle
