# A word that changes at the beginning only, and another beside it, in the same page, that a loop of five instructions changes again and again.
        .equ    ROUNDS, 10000000

        .bss
        .align  12
kept:   .zero   8
busy:   .zero   8

        .text
        .globl  _start
_start:
        la      t0, kept
        li      t1, 1
        sd      t1, 0(t0)
        li      t1, ROUNDS
1:      ld      t2, 8(t0)
        addi    t2, t2, 1
        sd      t2, 8(t0)
        addi    t1, t1, -1
        bnez    t1, 1b
done:
        li      a0, 0
        li      a7, 93
        ecall
