# Loops that are left in the middle, and code that is never reached.
        .globl  _start
_start: li      s0, 10
1:      addi    s0, s0, -1
        beqz    s0, 3f
        andi    t0, s0, 1
        bnez    t0, 1b
        vsetivli zero, 4, e8, m1, ta, ma
2:      vadd.vi v1, v1, 1
        li      t1, 4
        bne     s0, t1, 1b
        li      a7, 178
        ecall
        j       1b
        vadd.vv v3, v3, v3              # no way leads here
3:
        li      a0, 0
        li      a7, 93
        ecall
