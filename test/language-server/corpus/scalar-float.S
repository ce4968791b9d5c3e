# Floating-point loads share an opcode with vector loads, and are none.
        .option norelax
        .data
        .balign 8
number: .double 1.5
        .text
        .globl  _start
_start: la      t0, number
        fld     fa0, (t0)
        fadd.d  fa1, fa0, fa0
        flw     fa2, (t0)
        fsd     fa1, (t0)
        li      a7, 178
        ecall
        csrr    t1, vlenb               # this needs the vector unit
        csrr    t2, cycle               # and this does not
        li      a7, 178
        ecall
        fld     fa0, (t0)
        li      a0, 0
        li      a7, 93
        ecall
