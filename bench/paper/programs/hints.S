# ROUNDS times: WORK turns of a scalar loop, then vector work, then a system call, which brings the thread home. HINT tells before the
# scalar work that vectors will be needed: by prctl (1) or by an instruction (2). A row of two words each: the first vector instruction;
# the whole round.

        .equ    BY_PRCTL, 1
        .equ    BY_INSTRUCTION, 2

main:   li      s10, ROUNDS
1:      rdcycle s0
        .if     HINT == BY_PRCTL
        li      a0, PRCTL_HINT
        li      a1, WILL_NEED
        li      a2, 0
        syscall SYS_prctl
        bltz    a0, failed              # a kernel without hints
        .elseif HINT == BY_INSTRUCTION
        slti    zero, zero, 1           # hart.soon 0
        .endif
        li      t0, WORK
2:      addi    t0, t0, -1
        bnez    t0, 2b
        rdcycle s1
        vsetivli zero, 4, e64, m1, ta, ma
        rdcycle s2
        vmv.v.i v8, 1
        syscall SYS_getpid
        rdcycle s3
        sub     s1, s2, s1
        keep    s1
        sub     s0, s3, s0
        keep    s0
        addi    s10, s10, -1
        bnez    s10, 1b
        j       report
