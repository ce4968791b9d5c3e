# c = a b, 43 x 43 x 43 doubles with vectors of LMUL 2, REPEATS times, with getpid after every third row where CALLS is 1 (14 calls).
# Pinned, the thread moves to the vector hart before all of it and back after. Words: cycles until the product is there (and, pinned,
# the thread at home); cycles until a system call after it has been served at home; the sum of all elements of c.

        .ifndef REPEATS
        .equ    REPEATS, 1
        .endif
        .ifndef CALLS
        .equ    CALLS, 0
        .endif
        .equ    N, 43
        .equ    ROW, 8 * N
        .equ    ROWS_OF_A_CALL, 3

main:
        # a[i] = i mod 8, b[i] = i mod 16, as doubles; c is touched
        la      t0, a
        la      t1, b
        la      t2, c
        li      t3, 0
1:      andi    t4, t3, 7
        fcvt.d.l ft0, t4
        fsd     ft0, (t0)
        andi    t4, t3, 15
        fcvt.d.l ft0, t4
        fsd     ft0, (t1)
        sd      zero, (t2)
        addi    t0, t0, 8
        addi    t1, t1, 8
        addi    t2, t2, 8
        addi    t3, t3, 1
        li      t4, N * N
        bne     t3, t4, 1b

        li      s10, 2                  # the first time is not kept: its code is fetched for the first time
2:      la      s11, samples
        rdcycle s8
        .if     PINNED
        pin     vector_mask
        .endif
        li      s9, REPEATS
3:      call    product
        addi    s9, s9, -1
        bnez    s9, 3b
        .if     PINNED
        pin     application_mask
        .endif
        rdcycle s0
        syscall SYS_getpid
        rdcycle s1
        sub     s0, s0, s8
        keep    s0
        sub     s1, s1, s8
        keep    s1
        addi    s10, s10, -1
        bnez    s10, 2b

        la      t0, c
        li      t1, N * N
        fmv.d.x ft0, zero
4:      fld     ft1, (t0)
        fadd.d  ft0, ft0, ft1
        addi    t0, t0, 8
        addi    t1, t1, -1
        bnez    t1, 4b
        fcvt.l.d t0, ft0, rtz
        keep    t0
        j       report

product:
        la      s0, a
        la      s2, c
        li      s3, N                   # rows to go
        li      s4, ROWS_OF_A_CALL
1:      la      s1, b                   # a row of c, strip by strip
        li      s5, N                   # columns to go
2:      vsetvli t0, s5, e64, m2, ta, ma
        vmv.v.i v8, 0
        mv      t1, s0
        mv      t2, s1
        li      t3, N
3:      fld     ft0, (t1)
        vle64.v v16, (t2)
        vfmacc.vf v8, ft0, v16
        addi    t1, t1, 8
        addi    t2, t2, ROW
        addi    t3, t3, -1
        bnez    t3, 3b
        vse64.v v8, (s2)
        sub     s5, s5, t0
        slli    t0, t0, 3
        add     s1, s1, t0
        add     s2, s2, t0
        bnez    s5, 2b
        addi    s0, s0, ROW
        addi    s3, s3, -1
        .if     CALLS
        addi    s4, s4, -1
        bnez    s4, 4f
        li      s4, ROWS_OF_A_CALL
        syscall SYS_getpid
4:
        .endif
        bnez    s3, 1b
        ret

        .bss
        .balign 4096
a:      .zero   ROW * N
b:      .zero   ROW * N
c:      .zero   ROW * N
        .text
