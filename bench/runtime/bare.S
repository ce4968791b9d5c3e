# Entry for bare runs in machine mode: a stack, main, and its answer.
        .section .text.entry, "ax"
        .globl  _start
_start:
        csrr    t0, mhartid
        bnez    t0, park
# Floating point and vectors on; where a hart has none, nothing is written.
        li      t0, 0x6600
        csrs    mstatus, t0
        la      sp, stack_end
        call    main
# The answer goes to the test finisher where there is one (QEMU's virt and HartHop have it at this address).
        li      t0, 0x100000
        beqz    a0, good
        slli    a0, a0, 16
        li      t1, 0x3333
        or      a0, a0, t1
        j       tell
good:
        li      a0, 0x5555
tell:
        sw      a0, 0(t0)
park:
        wfi
        j       park

# console(a0: characters, a1: how many)
        .text
        .globl  console
console:
        li      t0, 0x10000000
1:      beqz    a1, 2f
        lb      t1, 0(a0)
        sb      t1, 0(t0)
        addi    a0, a0, 1
        addi    a1, a1, -1
        j       1b
2:      ret

        .bss
        .align  4
        .skip   0x10000
stack_end:
