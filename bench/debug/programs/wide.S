# Registers of VLEN 1024 in groups of eight, on the vector hart.
        .text
        .globl  _start
_start:
        li      a0, 10000
        vsetvli t0, a0, e8, m8, ta, ma
        vid.v   v8
        vadd.vv v16, v8, v8
stop:
        vadd.vv v24, v16, v8
        li      a0, 0
        li      a7, 93
        ecall
