# Loops in loops: the inner one stays, the outer one goes out and back.
        .globl  _start
_start: li      s0, 3
1:      vsetivli zero, 4, e32, m1, ta, ma
        li      s1, 5
2:      vadd.vi v1, v1, 1
        addi    s1, s1, -1
        bnez    s1, 2b
        li      s2, 4
3:      addi    s3, s3, 1
        addi    s2, s2, -1
        bnez    s2, 3b
        li      a7, 178
        ecall
        addi    s0, s0, -1
        bnez    s0, 1b
        li      a0, 0
        li      a7, 93
        ecall
