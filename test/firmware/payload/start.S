/* Entry of the test payload (S-mode), its traps, and a way to run U-mode code on this hart. */
#define FRAME_KSP 520 /* after struct mig_frame */
#define FRAME_KTP 528

.section .text.entry, "ax"
.globl _start
_start:
  la sp, stack + 16384
  la t0, trap_entry
  csrw stvec, t0
  csrw sscratch, zero
  call main
1: wfi
  j 1b

/* Another hart: a0 = hart id, a1 = top of its stack. */
.globl secondary_start
secondary_start:
  mv sp, a1
  la t0, trap_entry
  csrw stvec, t0
  csrw sscratch, zero
  call secondary
1: wfi
  j 1b

.text
/* sscratch: 0 in S-mode, the struct run in U-mode. */
.align 2
trap_entry:
  csrrw a0, sscratch, a0
  bnez a0, from_user
  csrrw a0, sscratch, a0
  addi sp, sp, -256
  .irp n, 1,5,6,7,10,11,12,13,14,15,16,17,28,29,30,31
  sd x\n, 8*\n(sp)
  .endr
  call supervisor_trap
  .irp n, 1,5,6,7,10,11,12,13,14,15,16,17,28,29,30,31
  ld x\n, 8*\n(sp)
  .endr
  addi sp, sp, 256
  sret

from_user:
  .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  sd x\n, 8*\n(a0)
  .endr
  csrrw t0, sscratch, zero
  sd t0, 80(a0)
  csrr t0, sepc
  sd t0, 0(a0)
  ld sp, FRAME_KSP(a0)
  ld tp, FRAME_KTP(a0)
  csrr a0, scause
  .irp n, 1,8,9,18,19,20,21,22,23,24,25,26,27
  ld x\n, 8*\n(sp)
  .endr
  addi sp, sp, 256
  ret

/* uint64_t run_user(struct run *run): until its next trap; returns scause. */
.globl run_user
run_user:
  addi sp, sp, -256
  .irp n, 1,8,9,18,19,20,21,22,23,24,25,26,27
  sd x\n, 8*\n(sp)
  .endr
  sd sp, FRAME_KSP(a0)
  sd tp, FRAME_KTP(a0)
  csrw sscratch, a0
  ld t0, 0(a0)
  csrw sepc, t0
  li t0, 0x100
  csrc sstatus, t0
  li t0, 0x20
  csrs sstatus, t0
  .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  ld x\n, 8*\n(a0)
  .endr
  ld a0, 80(a0)
  sret

.bss
.align 12
.globl stack
stack:
  .skip 16384
.globl stack_secondary
stack_secondary:
  .skip 16384
