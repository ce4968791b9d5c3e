# Out to the vector hart and back, once around: what the debugger's transcripts walk through.
        .equ    SYS_gettid, 178
        .equ    SYS_exit, 93

        .data
numbers:
        .dword  1, 2, 3, 4

        .text
        .globl  _start
_start:
        li      s0, 2
round:  call    double_all
        li      a7, SYS_gettid
        ecall
        addi    s0, s0, -1
        bnez    s0, round
        la      t0, numbers
        ld      a0, 24(t0)
        li      a7, SYS_exit
        ecall

        .type   double_all, @function
double_all:
        la      t1, numbers
        vsetivli zero, 4, e64, m1, ta, ma
        vle64.v v8, (t1)
        vadd.vv v8, v8, v8
        vse64.v v8, (t1)
        ret
        .size   double_all, . - double_all
