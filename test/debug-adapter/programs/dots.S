# Out to the dot-product hart, to the vector hart, and to the first one again: its registers have waited there.
        .option arch, +xhartdot
        .equ    SYS_gettid, 178
        .equ    SYS_exit, 93

        .data
        .balign 8
bytes:  .byte   1, 2, 3, 4, -5, -6, -7, -8

        .text
        .globl  _start
_start:
        la      s0, bytes
        ld      s1, (s0)
        csrw    dotacc, zero
        hdot.load d3, (s0)
        hdot.maccd s1, d3
        li      a7, SYS_gettid
        ecall
        vsetivli zero, 4, e64, m1, ta, ma
        vmv.v.i v8, 1
        hdot.store d3, (s0)
        csrr    a0, dotacc
        li      a7, SYS_exit
        ecall
