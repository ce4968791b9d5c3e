# A system call that only some ways make, and one that none makes.
        .globl  _start
_start: li      s0, 6
1:      vsetivli t0, 3, e16, mf2, tu, mu
        andi    t1, s0, 3
        bnez    t1, 2f
        li      a7, 178
        ecall
2:      addi    s0, s0, -1
        bgtz    s0, 1b
        bgez    zero, 3f
        li      a7, 178
        ecall
3:
        li      a0, 0
        li      a7, 93
        ecall
