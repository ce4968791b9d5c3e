/*
 * Accesses that may fault. A trap taken from M-mode between unsafe_start and unsafe_end ends the function:
 * trap.c sets a0 to 1 + mcause and continues at unsafe_caught. None of these uses the stack or changes ra,
 * s0-s11 or tp.
 */
#define MSTATUS_MPP 0x1800
#define MSTATUS_MPP_S 0x800
#define MSTATUS_MPRV_MXR 0xa0000
#define MSTATUS_MPRV 0x20000

.text
.globl unsafe_start
unsafe_start:

/* uint64_t unsafe_touch(uint64_t va) */
.globl unsafe_touch
unsafe_touch:
  li t0, MSTATUS_MPP
  csrc mstatus, t0
  li t0, MSTATUS_MPP_S | MSTATUS_MPRV
  csrs mstatus, t0
  ld t1, 0(a0)
  sd t1, 0(a0)
  li t0, MSTATUS_MPRV
  csrc mstatus, t0
  li a0, 0
  ret

/*
 * uint64_t unsafe_fetch(uint64_t va, uint32_t *word, uint64_t privilege): half-words, since it may end at a
 * page's end.
 */
.globl unsafe_fetch
unsafe_fetch:
  li t0, MSTATUS_MPP
  csrc mstatus, t0
  slli a2, a2, 11
  li t0, MSTATUS_MPRV_MXR
  or t0, t0, a2
  csrs mstatus, t0
  lhu t1, 0(a0)
  andi t2, t1, 3
  addi t2, t2, -3
  bnez t2, 1f
  lhu t2, 2(a0)
  slli t2, t2, 16
  or t1, t1, t2
1: li t0, MSTATUS_MPRV_MXR
  csrc mstatus, t0
  sw t1, 0(a1)
  li a0, 0
  ret

/* CSRs that may be missing: uint64_t probe_x(...). */
.macro probe name, instruction:vararg
.globl probe_\name
probe_\name:
  \instruction
  li a0, 0
  ret
.endm

  probe pmp, csrw pmpaddr0, a0
  probe menvcfg_set, csrs 0x30a, a0
  probe time, csrr t0, time
  probe mcounteren, csrw mcounteren, a0
  probe senvcfg, csrw 0x10a, a0
  probe mstateen0_set, csrs 0x30c, a0
  probe hint, csrw 0x7c0, a0 /* mhint, of Xharthint */

.globl unsafe_end
unsafe_end:

.globl unsafe_caught
unsafe_caught:
  li t0, MSTATUS_MPRV_MXR
  csrc mstatus, t0
  ret
