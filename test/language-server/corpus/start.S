# Starts a C program of the corpus, and ends it with what main returns.
        .option norelax
        .text
        .globl  _start, tick
_start: call    main
        li      a7, 93
        ecall

tick:   li      a7, 178
        ecall
        ret
        .globl  memset, memcpy
memset: mv      t0, a0
1:      beqz    a2, 2f
        sb      a1, (t0)
        addi    t0, t0, 1
        addi    a2, a2, -1
        j       1b
2:      ret
memcpy: mv      t0, a0
1:      beqz    a2, 2f
        lbu     t1, (a1)
        sb      t1, (t0)
        addi    t0, t0, 1
        addi    a1, a1, 1
        addi    a2, a2, -1
        j       1b
2:      ret
