/* Where every hart starts, and the way into and out of a trap. */
#include "offsets.h"
#include "unwind.h"

.cfi_sections .debug_frame

/* Every hart: a0 = hart id, a1 = device tree, a2 = fw_dynamic_info or 0. */
.section .text.entry, "ax"
.globl _start
_start:
  csrw mie, zero
  csrci mstatus, 8
  la t0, panic_early
  csrw mtvec, t0
  /* The first hart to come takes the lottery's ticket and sets up what is global. */
  la t0, lottery
  li t1, 1
  amoadd.w t0, t1, (t0)
  bnez t0, wait_for_boot

  la t0, bss_start
  la t1, bss_end
1: sd zero, 0(t0)
  addi t0, t0, 8
  bltu t0, t1, 1b
  la sp, stacks + STACK_BYTES
  li tp, 0
  li s0, 0
  call init_first
  /* a0 = this hart's structure. */
  j own_stack

wait_for_boot:
  /*
   * The first hart writes 1 here when the table of harts stands, then sends a software interrupt, which only
   * ends the WFI.
   */
  la t0, harts_ready
  li t1, 8
  csrw mie, t1
1: lw t1, 0(t0)
  bnez t1, 3f
  wfi
  j 1b
3: fence r, rw
  /* No stack yet: find this hart's structure by its id with registers only. */
  la t0, hart_count
  lw t0, 0(t0)
  la t1, hart_of_index
2: beqz t0, park
  ld t2, 0(t1)
  lwu t3, HART_ID(t2)
  addi t0, t0, -1
  addi t1, t1, 8
  bne t3, a0, 2b
  mv a0, t2

own_stack:
  mv tp, a0
  ld sp, HART_STACK(tp)
  csrw mscratch, tp
  la t0, trap_entry
  csrw mtvec, t0
  /* The registers with which this hart will leave firmware, where a trap would have put them. */
  addi sp, sp, -REGS_BYTES
  mv a0, sp
  li s0, 0
  call init_hart
  mv a0, sp
  j trap_return_to

/* A hart that the device tree does not name sleeps for good. */
park:
  csrw mie, zero
1: wfi
  j 1b

.align 2
panic_early:
  j panic_early

/*
 * mscratch holds this hart's structure, always; so does tp while firmware runs. The swap below therefore
 * works from M-mode too (a fault inside an access of access.S), where the registers go on the stack that is
 * in use.
 *
 * Two traps are frequent and need few registers: calls from S-mode, and software interrupts that only ask for a bit of mip. They
 * have short ways of their own.
 */
.align 2
.globl trap_entry
.cfi_startproc
trap_entry:
  unwind_live
  csrrw tp, mscratch, tp
  unwind_swapped
  sd t0, HART_SCRATCH(tp)
  unwind_at_tp 5, HART_SCRATCH
  /* For `interrupted`, and for `supervisor_call`. */
  .cfi_remember_state
  .cfi_remember_state
  csrr t0, mcause
  bltz t0, interrupted
  addi t0, t0, -9
  beqz t0, supervisor_call
general:
  csrr t0, mstatus
  srli t0, t0, 11
  andi t0, t0, 3
  addi t0, t0, -3
  beqz t0, 1f
  ld t0, HART_STACK(tp)
  addi t0, t0, -REGS_BYTES
  j 2f
1: addi t0, sp, -REGS_BYTES
2: sd sp, 8*2(t0)
  mv sp, t0
  .cfi_offset 2, 8*2
  sd ra, 8*1(sp)
  sd gp, 8*3(sp)
  csrr t0, mscratch
  sd t0, 8*4(sp)
  .cfi_offset 4, 8*4
  csrw mscratch, tp
  ld t0, HART_SCRATCH(tp)
  sd t0, 8*5(sp)
  .cfi_offset 5, 8*5
  .irp n, 6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  sd x\n, 8*\n(sp)
  .endr
  csrr t0, mepc
  sd t0, 0(sp)
  /* For debuggers: from here on the interrupted registers lie on the stack, its pc (column 64) first. */
  .cfi_offset 64, 0
  .irp n, 1,3,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  .cfi_offset \n, 8*\n
  .endr
  csrr t0, mstatus
  sd t0, REGS_STATUS(sp)
  csrr t0, mcause
  sd t0, REGS_CAUSE(sp)
  csrr t0, mtval
  sd t0, REGS_TVAL(sp)
  li s0, 0
  mv a0, sp
  call trap
  mv a0, sp
trap_return_to:
  .cfi_def_cfa a0, 0
  mv sp, a0
  .cfi_def_cfa sp, 0
  ld t0, 0(sp)
  csrw mepc, t0
  ld t0, REGS_STATUS(sp)
  csrw mstatus, t0
  /*
   * No reservation outlives a trap: a store-conditional must not succeed on another thread's load-reserved.
   */
  addi t0, sp, REGS_TVAL
  sc.d zero, zero, (t0)
  ld ra, 8*1(sp)
  .irp n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  ld x\n, 8*\n(sp)
  .endr
  ld sp, 8*2(sp)
  unwind_live
  mret

/*
 * t0 = mcause, an interrupt's. A software interrupt by which other harts raise bits of mip for the supervisor is served here; whatever
 * else they want is left for ipi_take.
 */
interrupted:
  .cfi_restore_state
  sd t1, HART_SCRATCH1(tp)
  unwind_at_tp 6, HART_SCRATCH1
  slli t0, t0, 1
  addi t0, t0, -2*3
  bnez t0, 3f
  ld t0, HART_MSIP(tp)
  sw zero, 0(t0)
  /* Clear first, take after: see ipi_take. */
  fence iorw, iorw
  addi t0, tp, HART_REQUESTS
  li t1, ~(REQUEST_SUPERVISOR | REQUEST_ANNOUNCE)
  amoand.w.aqrl t1, t1, (t0)
  andi t0, t1, REQUEST_SUPERVISOR
  beqz t0, 1f
  csrsi mip, 2
1: andi t0, t1, REQUEST_ANNOUNCE
  beqz t0, 2f
  ld t0, HART_ANNOUNCE(tp)
  csrs mip, t0
2: andi t1, t1, ~(REQUEST_SUPERVISOR | REQUEST_ANNOUNCE)
  bnez t1, 3f
  .cfi_remember_state
  ld t1, HART_SCRATCH1(tp)
  ld t0, HART_SCRATCH(tp)
  .cfi_same_value 5
  .cfi_same_value 6
  csrrw tp, mscratch, tp
  .cfi_same_value 4
  mret
  .cfi_restore_state
3: ld t1, HART_SCRATCH1(tp)
  .cfi_same_value 6
  j general

/* From S-mode, so on the empty stack. C keeps the registers that it owes its caller; the others lie where struct regs has them. */
supervisor_call:
  .cfi_restore_state
  ld t0, HART_STACK(tp)
  addi t0, t0, -REGS_BYTES
  sd sp, 8*2(t0)
  mv sp, t0
  .cfi_offset 2, 8*2
  csrr t0, mepc
  sd t0, 0(sp)
  .cfi_offset 64, 0
  csrrw t0, mscratch, tp
  .cfi_register 4, 5
  sd t0, 8*4(sp)
  .cfi_offset 4, 8*4
  ld t0, HART_SCRATCH(tp)
  .irp n, 1,5,6,7,8,10,11,12,13,14,15,16,17,28,29,30,31
  sd x\n, 8*\n(sp)
  .cfi_offset \n, 8*\n
  .endr
  csrr t0, mstatus
  sd t0, REGS_STATUS(sp)
  li s0, 0
  mv a0, sp
  call sbi_call
  ld t0, 0(sp)
  csrw mepc, t0
  ld t0, REGS_STATUS(sp)
  csrw mstatus, t0
  .irp n, 1,4,5,6,7,8,10,11,12,13,14,15,16,17,28,29,30,31
  ld x\n, 8*\n(sp)
  .endr
  ld sp, 8*2(sp)
  unwind_live
  mret
.cfi_endproc

/* _Noreturn void trap_return(struct regs *regs): leave firmware with these registers, whatever came before. */
.globl trap_return
trap_return:
  j trap_return_to

.section .stacks, "aw", @nobits
.align 4
.globl stacks
stacks:
  .skip MAX_HARTS * STACK_BYTES
