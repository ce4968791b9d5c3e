# One vector instruction and one system call a round: with migrate.calls=move on the kernel's command line the thread leaves for the vector hart
# and comes back exactly ROUNDS times. This is what a migration costs when a program gives it nothing to do. By itself the kernel sees that the
# trips are in vain, and after the first serves most calls while the thread waits on the vector hart.

        .option norelax                 # a linker may not use gp: nobody sets it

        .equ    SYS_write, 64
        .equ    SYS_exit, 93
        .equ    SYS_gettid, 178
        .equ    ROUNDS, 100

        .section .rodata
message:
        .ascii  "pingpong: 100 rounds\n"
        .equ    message_bytes, . - message

        .text
        .globl  _start
_start:
        li      s0, ROUNDS
        li      s1, 0
1:      vsetivli t0, 4, e32, m1, ta, ma # there
        add     s1, s1, t0
        li      a7, SYS_gettid
        ecall                           # and back
        addi    s0, s0, -1
        bnez    s0, 1b

        la      a1, message
        li      a2, message_bytes
        li      a0, 1
        li      a7, SYS_write
        ecall
        li      t0, 4 * ROUNDS          # vl was 4 each time
        sub     a0, s1, t0
        snez    a0, a0
        li      a7, SYS_exit
        ecall
