# What stands under a hot program: traps are stepped over, pages come back, and at the timer's interrupts pages go, move, or the privilege is another.
# AREA of a hart (mscratch): registers, then what the equates below name. The supervisor's (sscratch) lies behind it.

        .equ    RANDOM, 48              # a generator's state
        .equ    PAGING, 56              # is memory behind page tables?
        .equ    TRAPS, 64
        .equ    SPARE, 72               # a frame that nobody has
        .equ    ENTRIES, 80             # the page-table entries of the program
        .equ    TIMER, 88               # mtimecmp
        .equ    MOST, 96                # the highest privilege of the program: 0, 1 or 3

        .option norvc
        .text
        .globl  _start
_start:
        csrr    t0, mscratch
        ld      t1, TIMER(t0)
        sd      zero, (t1)
        mret

        .align  4
monitor:
        csrrw   sp, mscratch, sp
        sd      t0, 0(sp)
        sd      t1, 8(sp)
        sd      t2, 16(sp)
        sd      t3, 24(sp)
        sd      t4, 32(sp)
        sd      t5, 40(sp)
        ld      t0, TRAPS(sp)
        addi    t0, t0, 1
        sd      t0, TRAPS(sp)
        csrr    t0, mcause
        bltz    t0, interrupt
        li      t1, 2                   # a fetch that can't be: from the beginning
        bltu    t0, t1, restart
        li      t1, 12
        beq     t0, t1, fault
        li      t1, 13
        beq     t0, t1, fault
        li      t1, 15
        beq     t0, t1, fault

# Over the instruction, as the program sees it.
step:   csrr    t0, mepc
        la      t1, lost
        csrw    mtvec, t1
        li      t1, 0xa0000             # MPRV, MXR
        csrs    mstatus, t1
        lhu     t2, (t0)
        csrc    mstatus, t1
        la      t1, monitor
        csrw    mtvec, t1
        andi    t2, t2, 3
        addi    t2, t2, -3
        addi    t0, t0, 2
        bnez    t2, 1f
        addi    t0, t0, 2
1:      csrw    mepc, t0
        j       leave

# It is not there any more: another hart has taken it away.
        .align  4
lost:   li      t1, 0xa0000
        csrc    mstatus, t1
        la      t1, monitor
        csrw    mtvec, t1
        j       restart

fault:  csrr    t1, mtval
        li      t2, BASE
        sub     t2, t1, t2
        li      t3, BYTES
        bgeu    t2, t3, beyond
        ld      t4, ENTRIES(sp)
        srli    t2, t2, 12
        slli    t2, t2, 3
        add     t4, t4, t2
        ld      t5, (t4)
        ori     t5, t5, 0xdf            # valid, all rights, a user's, accessed, dirty
        csrr    t3, mstatus
        srli    t3, t3, 11
        andi    t3, t3, 3
        beqz    t3, 1f
        andi    t5, t5, ~16
1:      sd      t5, (t4)
        sfence.vma t1, zero
        j       leave
beyond: li      t1, 12
        bne     t0, t1, step

restart:
        li      t0, BASE
        csrw    mepc, t0
        ld      t0, RANDOM(sp)
        j       privilege

interrupt:
        ld      t0, RANDOM(sp)
        li      t1, 0x5851f42d4c957f2d
        mul     t0, t0, t1
        addi    t0, t0, 1
        sd      t0, RANDOM(sp)
# The next one in 0 to 2,047 instructions, most often few.
        srli    t1, t0, 61
        addi    t1, t1, 4
        li      t2, 1
        sll     t2, t2, t1
        addi    t2, t2, -1
        srli    t3, t0, 30
        and     t3, t3, t2
        li      t4, 0x200bff8
        ld      t4, (t4)
        add     t3, t3, t4
        ld      t4, TIMER(sp)
        sd      t3, (t4)
        srli    t1, t0, 20
        andi    t1, t1, 15
        li      t2, 4
        beq     t1, t2, fence
        li      t2, 3
        beq     t1, t2, privilege
        bgtu    t1, t2, leave
        ld      t2, PAGING(sp)
        beqz    t2, leave
        srli    t2, t0, 24
        andi    t2, t2, 127
        li      t3, BYTES / 4096
        bgeu    t2, t3, all
        slli    t3, t2, 3
        ld      t4, ENTRIES(sp)
        add     t3, t3, t4              # of this page
        slli    t2, t2, 12
        li      t4, BASE
        add     t2, t2, t4              # its address
        ld      t5, (t3)
        beqz    t1, 1f
        addi    t1, t1, -1
        beqz    t1, 2f
        j       move
1:      andi    t5, t5, -2
        sd      t5, (t3)
        sfence.vma
        j       leave
2:      andi    t5, t5, -2
        sd      t5, (t3)
        sfence.vma t2, zero
        j       leave

# Every page goes.
all:    ld      t1, ENTRIES(sp)
        li      t2, BYTES / 4096
1:      ld      t3, (t1)
        andi    t3, t3, -2
        sd      t3, (t1)
        addi    t1, t1, 8
        addi    t2, t2, -1
        bnez    t2, 1b
        sfence.vma
        j       leave

# The page of the entry at t3, t5, goes to the spare frame.
move:   srli    t1, t5, 10
        slli    t1, t1, 12
        ld      t2, SPARE(sp)
        sd      t1, SPARE(sp)
        andi    t5, t5, 0x3ff
        slli    t4, t2, 0
        srli    t4, t4, 2
        or      t5, t5, t4
        sd      t5, (t3)
        li      t3, 4096
        add     t3, t3, t1
1:      ld      t4, (t1)
        sd      t4, (t2)
        addi    t1, t1, 8
        addi    t2, t2, 8
        bne     t1, t3, 1b
        sfence.vma
        srli    t1, t0, 40              # most often as one should
        andi    t1, t1, 7
        beqz    t1, leave
fence:  fence.i
        j       leave

# One of those up to the highest.
privilege:
        ld      t1, MOST(sp)
        srli    t2, t0, 44
        and     t2, t2, t1
        li      t3, 2
        bne     t2, t3, 1f
        li      t2, 3
1:      slli    t2, t2, 11
        li      t1, 0x1800
        csrc    mstatus, t1
        csrs    mstatus, t2

leave:  ld      t5, 40(sp)
        ld      t4, 32(sp)
        ld      t3, 24(sp)
        ld      t2, 16(sp)
        ld      t1, 8(sp)
        ld      t0, 0(sp)
        csrrw   sp, mscratch, sp
        mret

# The supervisor steps over what is delegated to it.
        .align  4
supervisor:
        csrrw   sp, sscratch, sp
        sd      t0, 0(sp)
        sd      t1, 8(sp)
        sd      t2, 16(sp)
        csrr    t0, scause
        ld      t1, 24(sp)
        add     t1, t1, t0
        sd      t1, 24(sp)
        csrr    t0, sepc
        li      t1, 0xc0000             # SUM, MXR
        csrs    sstatus, t1
        lhu     t2, (t0)
        csrc    sstatus, t1
        andi    t2, t2, 3
        addi    t2, t2, -3
        addi    t0, t0, 2
        bnez    t2, 1f
        addi    t0, t0, 2
1:      csrw    sepc, t0
        ld      t2, 16(sp)
        ld      t1, 8(sp)
        ld      t0, 0(sp)
        csrrw   sp, sscratch, sp
        sret
