# The largest register groups: bytes, eight registers at a time, with a tail.
        .text
        .globl  _start
_start:
        li      t0, 4000
        vsetvli t1, t0, e8, m8, ta, ma
        vid.v   v8
        vadd.vi v16, v8, 3
        vadd.vi v16, v8, 4
        li      a0, 0
        li      a7, 93
        ecall
