# Four threads add up a quarter of an array each, all with vector instructions: more threads want the vector hart than it can run.
# They are made by clone itself, without a thread library; the end of each is awaited by a futex that the kernel clears.

        .option norelax                 # a linker may not use gp: nobody sets it

        .equ    SYS_write, 64
        .equ    SYS_exit, 93
        .equ    SYS_exit_group, 94
        .equ    SYS_futex, 98
        .equ    SYS_sched_yield, 124
        .equ    SYS_clone, 220
        .equ    FUTEX_WAIT, 0
        # CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, PARENT_SETTID, CHILD_CLEARTID
        .equ    CLONE_FLAGS, 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x100000 | 0x200000

        .equ    THREADS, 4
        .equ    SHARE, 256              # elements of one thread
        .equ    STACK, 4096

        .section .rodata
message:
        .ascii  "threads: 4 threads found a total of "
        .equ    message_bytes, . - message

        .text
        .globl  _start
_start:
        # array[i] = i, 32 bits each
        la      t0, array
        li      t1, 0
        li      t2, THREADS * SHARE
1:      sw      t1, (t0)
        addi    t0, t0, 4
        addi    t1, t1, 1
        bne     t1, t2, 1b

        li      s0, 0
2:      # the new thread number s0 finds its number in s0: clone copies all registers but sp and a0
        li      a0, CLONE_FLAGS
        la      a1, stacks
        addi    t0, s0, 1
        li      t1, STACK
        mul     t0, t0, t1
        add     a1, a1, t0
        la      a2, tids
        slli    t0, s0, 2
        add     a2, a2, t0              # its tid is put there before it runs, and cleared when it is gone
        mv      a4, a2
        li      a3, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, thread
        bltz    a0, failed
        addi    s0, s0, 1
        li      t0, THREADS
        bne     s0, t0, 2b

        la      s0, tids
        li      s1, THREADS
3:      lw      a2, (s0)
        beqz    a2, 4f
        mv      a0, s0
        li      a1, FUTEX_WAIT
        li      a3, 0
        li      a7, SYS_futex
        ecall                           # sleeps while the word is still a2
        j       3b
4:      addi    s0, s0, 4
        addi    s1, s1, -1
        bnez    s1, 3b

        la      a1, message
        li      a2, message_bytes
        li      a0, 1
        li      a7, SYS_write
        ecall
        la      t0, total
        ld      a0, (t0)
        call    print_number
        li      a0, 0
        li      a7, SYS_exit_group
        ecall
failed:
        li      a0, 1
        li      a7, SYS_exit_group
        ecall

# Thread s0: adds its share strip by strip, and lets others go first between strips.
thread:
        la      s1, array
        li      s2, SHARE
        slli    t0, s2, 2
        mul     t0, t0, s0
        add     s1, s1, t0
        li      s3, 0
1:      vsetvli s4, s2, e32, m1, ta, ma
        vle32.v v8, (s1)
        vmv.s.x v16, zero
        vredsum.vs v16, v8, v16
        vmv.x.s t0, v16
        add     s3, s3, t0
        sub     s2, s2, s4
        slli    s4, s4, 2
        add     s1, s1, s4
        li      a7, SYS_sched_yield
        ecall                           # clobbers vector registers and vl: nothing in them is needed any more
        bnez    s2, 1b

        la      t0, total
        amoadd.d zero, s3, (t0)
        li      a0, 0
        li      a7, SYS_exit
        ecall

# print_number(a0: not negative), and the end of the line
print_number:
        addi    sp, sp, -32
        addi    a1, sp, 32
        li      t0, '\n'
        addi    a1, a1, -1
        sb      t0, (a1)
        li      t1, 10
1:      remu    t0, a0, t1
        addi    t0, t0, '0'
        addi    a1, a1, -1
        sb      t0, (a1)
        divu    a0, a0, t1
        bnez    a0, 1b
        addi    a2, sp, 32
        sub     a2, a2, a1
        li      a0, 1
        li      a7, SYS_write
        ecall
        addi    sp, sp, 32
        ret

        .bss
        .balign 16
total:  .zero   8
tids:   .zero   4 * THREADS
array:  .zero   4 * THREADS * SHARE
        .balign 16
stacks: .zero   STACK * THREADS
