# A jump table: each case with a vtype of its own, all of them joined again.
        .option norelax
        .section .rodata
cases:  .dword  first, second, third
        .text
        .globl  _start
_start: li      s0, 0
again:  la      t0, cases
        slli    t1, s0, 3
        add     t0, t0, t1
        ld      t0, (t0)
        jr      t0
first:  vsetivli zero, 4, e8, mf2, ta, ma
        vadd.vi v1, v1, 1
        j       next
second: vsetivli zero, 4, e16, m1, ta, ma
        vadd.vi v1, v1, 1
        j       next
third:  li      a7, 178
        ecall
        vsetivli zero, 4, e64, m2, tu, mu
next:   vmv.x.s t2, v2
        addi    s0, s0, 1
        li      t0, 3
        blt     s0, t0, again
        li      a0, 0
        li      a7, 93
        ecall
