# ROUNDS times to the vector hart and back, by a vector instruction and a system call, or by sched_setaffinity. A row of five words each:
# going out; the next vector instruction there; getpid from there; getpid (or, pinned, sched_setaffinity) once more, which at home is
# the native cost; the whole round.

        .ifndef KEEP
        .equ    KEEP, 0
        .endif

main:
        .if     KEEP
        li      a0, PRCTL_KEEP_VECTOR
        li      a1, 1
        syscall SYS_prctl
        .endif
        li      s10, ROUNDS
1:      rdcycle s0
        .if     PINNED
        li      a0, 0
        li      a1, 8
        la      a2, vector_mask
        li      a7, SYS_sched_setaffinity
        rdcycle s1
        ecall
        rdcycle s2
        .else
        rdcycle s1
        vsetivli zero, 4, e64, m1, ta, ma
        rdcycle s2
        .endif
        rdcycle s3
        vsetivli zero, 2, e64, m1, ta, ma
        rdcycle s4
        li      a7, SYS_getpid
        rdcycle s5
        ecall
        rdcycle s6
        .if     PINNED
        li      a0, 0
        li      a1, 8
        la      a2, application_mask
        li      a7, SYS_sched_setaffinity
        .else
        li      a7, SYS_getpid
        .endif
        rdcycle s7
        ecall
        rdcycle s8
        sub     s1, s2, s1
        keep    s1
        sub     s3, s4, s3
        keep    s3
        sub     s5, s6, s5
        keep    s5
        sub     s7, s8, s7
        keep    s7
        sub     s0, s8, s0
        keep    s0
        addi    s10, s10, -1
        bnez    s10, 1b
        j       report
