# System calls: user code asks ROUNDS times, machine mode counts, and answers with the count.
        .option norelax
        .text
        .globl  main
main:
        addi    sp, sp, -16
        sd      ra, (sp)
        la      t0, handler
        csrw    mtvec, t0
# All of the address space is the user's too.
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        li      t0, 0x1800
        csrc    mstatus, t0
        la      t0, user
        csrw    mepc, t0
        la      t0, area
        csrw    mscratch, t0
        mret
user:
        li      s1, ROUNDS
        li      s2, 0
1:      li      a7, 1
        mv      a0, s1
        ecall
        slli    t0, s2, 3
        sub     s2, t0, s2
        add     s2, s2, a0
        addi    s1, s1, -1
        bnez    s1, 1b
        li      a7, 0
        ecall
# As a small kernel does: registers to memory, a look at the cause, on behind the instruction.
        .align  2
handler:
        csrrw   sp, mscratch, sp
        sd      t0, 0(sp)
        sd      t1, 8(sp)
        sd      ra, 16(sp)
        csrr    t0, mcause
        li      t1, 8
        bne     t0, t1, wrong
        csrr    t0, mepc
        addi    t0, t0, 4
        csrw    mepc, t0
        beqz    a7, over
        ld      t0, 24(sp)
        addi    t0, t0, 1
        sd      t0, 24(sp)
        add     a0, a0, t0
        ld      ra, 16(sp)
        ld      t1, 8(sp)
        ld      t0, 0(sp)
        csrrw   sp, mscratch, sp
        mret
wrong:
        li      s2, -1
over:
        csrrw   sp, mscratch, sp
        mv      a0, s2
        call    tell
        li      a0, 0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        .bss
        .align  4
area:   .skip   32
