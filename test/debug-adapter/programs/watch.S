# A count that is stored twice each round, a table stored by one vector instruction, and a path that the kernel writes.
  .globl _start
_start:
  la s0, count
  li s1, 3
again:
  ld t0, 0(s0)
  addi t0, t0, 1
  sd t0, 0(s0)
  sd t0, 0(s0)
  addi s1, s1, -1
  bnez s1, again

  vsetivli zero, 4, e64, m1, ta, ma
  vid.v v8
  vadd.vi v8, v8, 5
  la a0, table
  vse64.v v8, (a0)

  li a7, 17 # getcwd
  la a0, path
  li a1, 16
  ecall
  lbu a0, path

  li a7, 93
  li a0, 0
  ecall

  .data
  .balign 8
count: .dword 0
table: .zero 32
path: .zero 16
