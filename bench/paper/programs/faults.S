# First touches of PAGES pages of anonymous memory, by a vector store with the thread on the vector hart, or (SCALAR) by a scalar store at
# home. Words: mapping the memory and what goes before (mlockall with LOCKED, madvise with HUGE); then the cycles of each touch.

        .ifndef SCALAR
        .equ    SCALAR, 0
        .endif
        .ifndef LOCKED
        .equ    LOCKED, 0
        .endif
        .ifndef HUGE
        .equ    HUGE, 0
        .endif
        .equ    PAGE, 4096
        .equ    HUGE_PAGE, 2 * 1024 * 1024
        .equ    READ_WRITE, 1 | 2
        .equ    PRIVATE_ANONYMOUS, 2 | 0x20
        .equ    CURRENT_AND_FUTURE, 1 | 2
        .equ    ADVICE_HUGEPAGE, 14

main:
        .if     PINNED
        pin     vector_mask
        .endif
        rdcycle s0
        .if     LOCKED
        li      a0, CURRENT_AND_FUTURE
        syscall SYS_mlockall
        bnez    a0, failed
        .endif
        li      a0, 0
        .if     HUGE
        li      a1, HUGE_PAGE + PAGES * PAGE # room to begin where a huge page may
        .else
        li      a1, PAGES * PAGE
        .endif
        li      a2, READ_WRITE
        li      a3, PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        syscall SYS_mmap
        bltz    a0, failed
        mv      s4, a0
        .if     HUGE
        li      t0, HUGE_PAGE - 1
        add     s4, a0, t0
        not     t0, t0
        and     s4, s4, t0
        mv      a0, s4
        li      a1, PAGES * PAGE
        li      a2, ADVICE_HUGEPAGE
        syscall SYS_madvise
        bnez    a0, failed
        .endif
        rdcycle s1
        sub     s1, s1, s0
        keep    s1

        li      s5, PAGES
        li      s6, PAGE
1:
        .if     SCALAR
        rdcycle s0
        sd      s5, (s4)
        rdcycle s1
        .else
        vsetivli zero, 4, e64, m1, ta, ma
        vmv.v.x v8, s5
        rdcycle s0
        vse64.v v8, (s4)
        rdcycle s1
        .endif
        sub     s1, s1, s0
        keep    s1
        ld      t0, (s4)
        bne     t0, s5, failed
        add     s4, s4, s6
        addi    s5, s5, -1
        bnez    s5, 1b
        j       report
