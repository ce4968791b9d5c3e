# THREADS threads that share the vector harts: each does ROUNDS rounds of VECTOR turns of a loop of four instructions, two of them of vectors,
# then SCALAR turns of a loop of two at home, where HOME brings it (pinned, sched_setaffinity moves it there and back). The first
# PLAIN threads use no vectors and make no call, for as many instructions. All threads begin together. Words: cycles from the beginning
# until the last that uses vectors is through; until the last plain one is (0: there is none).

        .equ    BY_CALL, 0              # HOME: getpid
        .equ    BY_NOTHING, 1           # the scalar turns are done on the vector hart
        .equ    BY_PRCTL, 2             # the hint as a system call
        .equ    BY_HINT, 3              # and as an instruction
        .ifndef HOME
        .equ    HOME, BY_CALL
        .endif
        .ifndef PLAIN
        .equ    PLAIN, 0
        .endif

main:
        la      t0, stacks              # touched before: no page fault is measured
        li      t1, THREADS
        li      t2, THREAD_STACK
1:      add     t0, t0, t2
        sd      zero, -8(t0)
        addi    t1, t1, -1
        bnez    t1, 1b

        li      s0, 0
2:      li      a0, CLONE_FLAGS
        la      a1, stacks
        addi    t0, s0, 1
        li      t1, THREAD_STACK
        mul     t0, t0, t1
        add     a1, a1, t0
        la      a2, tids
        slli    t0, s0, 2
        add     a2, a2, t0              # its tid is put there before it runs, and cleared when it is gone
        mv      a4, a2
        li      a3, 0
        syscall SYS_clone
        beqz    a0, thread
        bltz    a0, failed
        addi    s0, s0, 1
        li      t0, THREADS
        bne     s0, t0, 2b

3:      syscall SYS_sched_yield         # until all wait for the beginning
        la      t0, ready
        lw      t1, (t0)
        li      t2, THREADS
        bne     t1, t2, 3b
        la      a0, go
        li      t0, 1
        rdcycle s9
        sw      t0, (a0)
        li      a1, FUTEX_WAKE
        li      a2, THREADS
        syscall SYS_futex

        la      s0, tids
        li      s1, THREADS
3:      lw      a2, (s0)
        beqz    a2, 4f
        mv      a0, s0
        li      a1, FUTEX_WAIT
        li      a3, 0
        syscall SYS_futex               # sleeps while the word is still a2
        j       3b
4:      addi    s0, s0, 4
        addi    s1, s1, -1
        bnez    s1, 3b
        la      t1, ends
        li      t2, 2
5:      ld      t0, (t1)
        beqz    t0, 6f
        sub     t0, t0, s9
6:      keep    t0
        addi    t1, t1, 8
        addi    t2, t2, -1
        bnez    t2, 5b
        j       report

thread: la      t0, ready
        li      t1, 1
        amoadd.w zero, t1, (t0)
1:      la      a0, go
        lw      t0, (a0)
        bnez    t0, 2f
        li      a1, FUTEX_WAIT
        li      a2, 0
        li      a3, 0
        syscall SYS_futex
        j       1b
2:      li      s1, ROUNDS
        li      t0, PLAIN
        bltu    s0, t0, plain
1:
        .if     PINNED
        pin     vector_mask
        .endif
        vsetivli zero, 4, e64, m1, ta, ma
        vmv.v.i v8, 0
        li      t0, VECTOR
2:      vadd.vi v8, v8, 1
        vadd.vi v8, v8, 1
        addi    t0, t0, -1
        bnez    t0, 2b
        vmv.x.s s2, v8
        .if     PINNED
        pin     application_mask
        .elseif HOME == BY_CALL
        syscall SYS_getpid
        .elseif HOME == BY_PRCTL
        li      a0, PRCTL_HINT
        li      a1, WONT_NEED
        li      a2, 0
        syscall SYS_prctl
        bltz    a0, failed              # a kernel without hints
        .elseif HOME == BY_HINT
        slti    zero, zero, 2           # hart.done 0
        .endif
        li      t0, 2 * VECTOR
        bne     s2, t0, failed
        li      t0, SCALAR
3:      addi    t0, t0, -1
        bnez    t0, 3b
        addi    s1, s1, -1
        bnez    s1, 1b
        la      t1, ends
ended:  rdcycle t0
        amomax.d zero, t0, (t1)
        li      a0, 0
        syscall SYS_exit

plain:  li      t0, 2 * VECTOR + SCALAR # as many instructions
1:      addi    t0, t0, -1
        bnez    t0, 1b
        addi    s1, s1, -1
        bnez    s1, plain
        la      t1, ends + 8
        j       ended

        .bss
        .balign 4096
ends:   .zero   16
ready:  .zero   4
go:     .zero   4
tids:   .zero   4 * THREADS
        .balign 16
stacks: .zero   THREAD_STACK * THREADS
        .text
