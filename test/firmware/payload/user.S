/* Threads of the tests: U-mode code, mapped at its own physical address. */
.section .user, "ax"
.option arch, +d, +v
.option norvc

/*
 * Doubles a0 in fa0, puts a0 into all of v1 and a0 + element number into v8; then at each return from ecall
 * adds a2 to v1.
 */
.globl user_trip
user_trip:
  fcvt.d.l fa0, a0
  fadd.d fa0, fa0, fa0
  vsetvli a4, zero, e64, m1, ta, ma
  vmv.v.x v1, a0
  vid.v v8
  vadd.vx v8, v8, a0
  slli s5, a0, 4
1: ecall
  vadd.vx v1, v1, a2
  vmv.x.s a5, v1
  addi s5, s5, 1
  j 1b

/* Sets vector and floating-point registers, then touches a3, which is not mapped at first. */
.globl user_fault
user_fault:
  vsetvli a4, zero, e32, m2, ta, mu
  vid.v v30
  vadd.vx v30, v30, a0
  fcvt.d.l ft11, a0
  csrwi vxrm, 2
  csrwi frm, 1
.globl user_fault_at
user_fault_at:
  ld a5, 0(a3)
  vmv.x.s a6, v30
  fcvt.l.d a7, ft11
  ecall

/* A vector load that faults in its middle: a3 points to the end of a mapped page. */
.globl user_fault_middle
user_fault_middle:
  vsetvli a4, zero, e64, m8, ta, ma
  vmv.v.i v8, -1
.globl user_fault_middle_at
user_fault_middle_at:
  vle64.v v8, (a3)
  vmv.x.s a5, v8
  ecall

/* Never comes back by itself. */
.globl user_spin
user_spin:
  vsetvli a4, zero, e64, m1, ta, ma
  vmv.v.x v3, a0
1: addi a5, a5, 1
  j 1b

.globl user_illegal
user_illegal:
  .word 0xffffffff

.globl user_break
user_break:
  ebreak

/* Loads from a3, wherever that is. */
.globl user_load
user_load:
  ld a5, 0(a3)
  ecall

/*
 * One vector instruction and a system call, a0 times; sums 1 to a0 in a1. A vector register that another
 * thread left behind shows in a6.
 */
.globl user_pingpong
user_pingpong:
  li a1, 0
1: vsetivli zero, 1, e64, m1, ta, ma
  vmv.v.x v2, a0
  vadd.vx v2, v2, a1
  vmv.x.s a1, v2
  ecall
  addi a0, a0, -1
  bnez a0, 1b
  li a7, 93
  ecall

/* Leaves nothing to do but the registers as they arrive: v1's first element in a5, vtype in a6. */
.globl user_look
user_look:
  csrr a6, vtype
  vsetivli zero, 1, e64, m1, ta, ma
  vmv.x.s a5, v1
  ecall

.globl user_ecall
user_ecall:
  ecall

/* Counts in a5 for ever, without vector instructions: for U-mode on application harts. */
.globl user_count
user_count:
  addi a5, a5, 1
  addi s2, s2, 2
  j user_count

/*
 * Xhartdot, by the formats of its instructions. d0 = a0, d7 = a1; then at each return from ecall d0 and the accumulator to a5 and a6. The
 * accumulator gets the dot product of a0 and a1 each time.
 */
.globl user_dot
user_dot:
  .insn r 0x0b, 2, 0, x0, a0, x0  /* hdot.set d0, a0 */
  .insn r 0x0b, 2, 0, x7, a1, x0  /* hdot.set d7, a1 */
1: .insn r 0x0b, 3, 0, x0, a0, a1 /* hdot.macc a0, a1 */
  csrr a6, 0x800
  .insn r 0x0b, 2, 1, a5, x0, x0  /* hdot.get a5, d0 */
  ecall
  j 1b

/* Only looks. */
.globl user_dot_look
user_dot_look:
  .insn r 0x0b, 2, 1, a5, x0, x0
  csrr a6, 0x800
  ecall

/* Sets d0 and the accumulator, then touches a3. */
.globl user_dot_fault
user_dot_fault:
  .insn r 0x0b, 2, 0, x0, a0, x0
  .insn r 0x0b, 3, 0, x0, a0, a0
.globl user_dot_fault_at
user_dot_fault_at:
  .insn i 0x0b, 0, x1, a3, 0      /* hdot.load d1, 0(a3) */
  j user_dot_look

.globl user_dot_spin
user_dot_spin:
  .insn r 0x0b, 3, 0, x0, a0, a1
  addi a5, a5, 1
  j user_dot_spin

/* A system call, then a load from a3, for ever. */
.globl user_ask_loads
user_ask_loads:
  ecall
  ld a5, 0(a3)
  j user_ask_loads

/* Xharthint: soon for class 0 and 1, then counts in a5, then done for class 1 and 0. */
.globl user_hints
user_hints:
  slti x0, x0, 1
  slti x0, x0, 3
  li a5, 7
  slti x0, x0, 4
.globl user_hints_done
user_hints_done:
  slti x0, x0, 2
  ecall
