# What every measured program begins with. A program is one source: constants (an .equ each, see guest.ts), this, and its own text,
# which begins at `main`. It keeps what it measures in s11 and ends by `j report`: all words from `samples` on, in decimal, a line each.
# Cycles are read by rdcycle right before and right after what is measured, so an interval holds one rdcycle.

        .option norelax                 # a linker may not use gp: nobody sets it

        .equ    SYS_write, 64
        .equ    SYS_exit, 93
        .equ    SYS_exit_group, 94
        .equ    SYS_futex, 98
        .equ    SYS_sched_setaffinity, 122
        .equ    SYS_sched_yield, 124
        .equ    SYS_prctl, 167
        .equ    SYS_getpid, 172
        .equ    SYS_clone, 220
        .equ    SYS_mmap, 222
        .equ    SYS_mlockall, 230
        .equ    SYS_madvise, 233
        .equ    FUTEX_WAIT, 0
        .equ    FUTEX_WAKE, 1
        # CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, PARENT_SETTID, CHILD_CLEARTID
        .equ    CLONE_FLAGS, 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x100000 | 0x200000
        .equ    PRCTL_KEEP_VECTOR, 0x4D494700
        .equ    PRCTL_HINT, 0x4D494701
        .equ    WILL_NEED, 1
        .equ    WONT_NEED, 2

        .equ    SAMPLES, 4096
        .equ    DIGITS, 21              # of 64 bits, and the end of the line
        .equ    THREAD_STACK, 4096

        .macro  syscall number
        li      a7, \number
        ecall
        .endm

        .macro  keep reg                # a measured word
        sd      \reg, (s11)
        addi    s11, s11, 8
        .endm

        # With PINNED: to the harts of a mask, which are then the only ones that the thread may run on.
        .macro  pin mask
        li      a0, 0
        li      a1, 8
        la      a2, \mask
        syscall SYS_sched_setaffinity
        .endm

        .text
        .globl  _start
_start:
        # Memory that is measured into is touched before, and so is the stack: no page fault of theirs shall be measured.
        la      t0, samples
        la      t1, touched_end
        li      t2, 4096
1:      sd      zero, (t0)
        add     t0, t0, t2
        bltu    t0, t1, 1b
        sd      zero, -8(sp)
        .if     PINNED
        pin     application_mask        # the harts that would be the kernel's only ones
        .endif
        la      s11, samples
        j       main

# report: print the words from `samples` to s11 and end.
report: la      s0, samples
        la      a1, text
        mv      s2, a1
        li      t2, 10
1:      bgeu    s0, s11, 4f
        ld      t0, (s0)
        addi    s0, s0, 8
        addi    t3, a1, DIGITS          # digits are made backwards behind this, then moved
        mv      t4, t3
2:      remu    t5, t0, t2
        addi    t5, t5, '0'
        addi    t3, t3, -1
        sb      t5, (t3)
        divu    t0, t0, t2
        bnez    t0, 2b
3:      lbu     t5, (t3)
        sb      t5, (a1)
        addi    t3, t3, 1
        addi    a1, a1, 1
        bltu    t3, t4, 3b
        li      t5, '\n'
        sb      t5, (a1)
        addi    a1, a1, 1
        j       1b
4:      sub     a2, a1, s2
        mv      a1, s2
        li      a0, 1
        syscall SYS_write
        li      a0, 0
        syscall SYS_exit_group
failed: li      a0, 1
        syscall SYS_exit_group

        .section .rodata
        .balign 8
application_mask:
        .dword  APPLICATION_MASK
vector_mask:
        .dword  VECTOR_MASK

        .bss
        .balign 4096
samples:
        .zero   8 * SAMPLES
text:   .zero   DIGITS * SAMPLES + DIGITS
touched_end:

        .text
