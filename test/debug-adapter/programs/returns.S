# Calls to step back over: of functions without a frame, with one, and of one that calls itself.
        .text
        .globl  _start
_start:
        li      a0, 3
        call    leaf
        addi    s1, a0, 0
        call    sum ; addi s2, a0, 0 ; call leaf
        mv      s3, a0
        addi    s4, a0, 1 ; 1: addi s4, s4, -1 ; bnez s4, 1b
        li      a7, 93
        ecall

        .type   leaf, @function
leaf:
        addi    a0, a0, 1
        ret
        .size   leaf, . - leaf

        .type   sum, @function
sum:
        addi    sp, sp, -16
        sd      ra, 8(sp)
        sd      a0, 0(sp)
        beqz    a0, 1f
        addi    a0, a0, -1
        call    sum
1:      ld      t0, 0(sp)
        add     a0, a0, t0
        ld      ra, 8(sp)
        addi    sp, sp, 16
        ret
        .size   sum, . - sum
