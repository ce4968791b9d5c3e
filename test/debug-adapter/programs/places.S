# Several things on one line, and code that has no lines: for requests about places.
        .equ    SYS_exit, 93

        .text
        .globl  _start
_start:
        li      a0, 1
        call    double; call triple; vsetivli t0, 4, e64, m1, ta, ma
        la      t1, bare
        jalr    t1
        li      a0, 0
        nop
last:   li      a7, SYS_exit
        ecall

        .type   double, @function
double: slli    a0, a0, 1
        ret
        .size   double, . - double

        .type   triple, @function
triple:
        slli    t2, a0, 1
        add     a0, a0, t2
        ret
        .size   triple, . - triple

        .section .bare, "ax"
bare:   .word   0x00150513      # addi a0, a0, 1
        .word   0x00250513      # addi a0, a0, 2
        .word   0x00008067      # ret
