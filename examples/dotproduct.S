# A layer of a neural network: eight neurons with 64 inputs each, all of them bytes. The inputs stay in the scratchpad of the dot-product unit
# (Xhartdot, docs/accelerator.md) from the first neuron to the last, across the system call that prints each one's output.

        .option norelax                 # a linker may not use gp: nobody sets it
        .option arch, +xhartdot

        .equ    SYS_write, 64
        .equ    SYS_exit, 93
        .equ    INPUTS, 64
        .equ    NEURONS, 8

        .section .rodata
message:
        .ascii  "dotproduct: a neuron gives "
        .equ    message_bytes, . - message
bias:
        .2byte  100, -250, 0, 7, 900, -20, 3000, -900

        .text
        .globl  _start
_start:
        # input[i] = i * 3 mod 17 - 8, weight[n][i] = (n * 7 + i * 5) mod 29 - 14
        la      t0, input
        li      t1, 0
        li      t2, 17
1:      slli    t3, t1, 1
        add     t3, t3, t1
        remu    t3, t3, t2
        addi    t3, t3, -8
        sb      t3, (t0)
        addi    t0, t0, 1
        addi    t1, t1, 1
        li      t4, INPUTS
        bne     t1, t4, 1b

        la      t0, weight
        li      t1, 0                   # n * 7
        li      t2, 29
2:      li      t3, 0                   # i * 5
3:      add     t4, t1, t3
        remu    t4, t4, t2
        addi    t4, t4, -14
        sb      t4, (t0)
        addi    t0, t0, 1
        addi    t3, t3, 5
        li      t4, INPUTS * 5
        bne     t3, t4, 3b
        addi    t1, t1, 7
        li      t4, NEURONS * 7
        bne     t1, t4, 2b

        # the inputs into the scratchpad: here the thread leaves for the hart that has one
        la      t0, input
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        hdot.load d\n, 8 * \n(t0)
        .endr

        la      s0, weight
        la      s1, bias
        li      s2, NEURONS
4:      lh      t0, (s1)
        csrw    dotacc, t0              # every sum begins with the neuron's bias
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        ld      t0, 8 * \n(s0)
        hdot.maccd t0, d\n
        .endr
        hdot.take s3, 5                 # a byte again
        bgez    s3, 5f
        li      s3, 0                   # the neuron is silent
5:      la      a0, message
        li      a1, message_bytes
        call    print
        mv      a0, s3
        call    print_number
        addi    s0, s0, INPUTS
        addi    s1, s1, 2
        addi    s2, s2, -1
        bnez    s2, 4b

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

# print(a0: text, a1: bytes)
print:
        mv      a2, a1
        mv      a1, a0
        li      a0, 1
        li      a7, SYS_write
        ecall
        ret

        .bss
        .balign 8
input:  .zero   INPUTS
weight: .zero   INPUTS * NEURONS
