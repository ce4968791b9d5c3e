# Page faults: supervisor code touches 512 pages that are not there, its handler maps each; all are taken away, and again, ROUNDS times.
        .option norelax
        .equ    PAGES, 512
        .equ    LEAF, 0xcf              # valid, readable, writable, executable, accessed, dirty
        .text
        .globl  main
main:
        addi    sp, sp, -16
        sd      ra, (sp)
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
# The root: this program's gigabyte as it is, and behind it the pages of the table below.
        la      t0, root
        li      t1, (0x80000000 >> 2) | LEAF
        sd      t1, 16(t0)
        la      t1, middle
        srli    t1, t1, 2
        ori     t1, t1, 1
        sd      t1, 24(t0)
        la      t2, middle
        la      t1, last
        srli    t1, t1, 2
        ori     t1, t1, 1
        sd      t1, (t2)
        srli    t0, t0, 12
        li      t1, 8 << 60
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
# Faults are the supervisor's; its one call is not.
        li      t0, 1 << 13 | 1 << 15
        csrw    medeleg, t0
        la      t0, handler
        csrw    stvec, t0
        la      t0, over
        csrw    mtvec, t0
        li      t0, 0x1800
        csrc    mstatus, t0
        li      t0, 0x0800
        csrs    mstatus, t0
        la      t0, supervisor
        csrw    mepc, t0
        mret
supervisor:
        li      s1, ROUNDS
        li      s2, 0
        la      s3, last
        la      s4, frames
        srli    s4, s4, 2
        li      s5, 0xc0000000
        li      s6, 4096
        li      s7, PAGES
1:      mv      t0, s5
        mv      t1, s7
2:      ld      t2, (t0)                # reads what the last round wrote
        add     t2, t2, s1
        sd      t2, (t0)
        slli    t3, s2, 1
        add     s2, t3, t2
        add     t0, t0, s6
        addi    t1, t1, -1
        bnez    t1, 2b
        mv      t0, s3
        mv      t1, s7
3:      sd      zero, (t0)
        addi    t0, t0, 8
        addi    t1, t1, -1
        bnez    t1, 3b
        sfence.vma
        addi    s1, s1, -1
        bnez    s1, 1b
        ecall
        .align  2
handler:
        csrr    t6, stval
        sub     t4, t6, s5
        srli    t4, t4, 12
        bgeu    t4, s7, lost
        slli    t5, t4, 10              # the frame of this number, as an entry has it
        add     t5, t5, s4
        ori     t5, t5, LEAF
        slli    t4, t4, 3
        add     t4, t4, s3
        sd      t5, (t4)
        sfence.vma t6, zero
        addi    s8, s8, 1
        sret
lost:
        ecall
        .align  2
over:
        csrw    satp, zero
        csrr    t0, mcause
        slli    a0, s8, 32
        xor     a0, a0, s2
        add     a0, a0, t0
        call    tell
        li      a0, 0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        .bss
        .align  12
root:   .skip   4096
middle: .skip   4096
last:   .skip   4096
frames: .skip   4096 * PAGES
