# y = a x + y for 1000 double-precision numbers, the usual first vector program.
# Watch it leave for the vector hart at the first vsetvli, and come back when it touches the pages of y and when it prints.

        .option norelax                 # a linker may not use gp: nobody sets it

        .equ    SYS_write, 64
        .equ    SYS_exit, 93
        .equ    COUNT, 1000

        .section .rodata
message:
        .ascii  "daxpy: the sum of y is "
        .equ    message_bytes, . - message

        .text
        .globl  _start
_start:
        # x[i] = i and y[i] = 2 i, in scalar code.
        la      s0, x
        la      s1, y
        li      t0, 0
        li      t1, COUNT
1:      fcvt.d.l ft0, t0
        fadd.d  ft1, ft0, ft0
        fsd     ft0, (s0)
        fsd     ft1, (s1)
        addi    s0, s0, 8
        addi    s1, s1, 8
        addi    t0, t0, 1
        bne     t0, t1, 1b

        li      a0, COUNT
        la      a1, x
        la      a2, y
        li      t0, 3
        fcvt.d.l fa0, t0
        call    daxpy

        li      a0, COUNT
        la      a1, y
        call    sum
        fcvt.l.d s0, fa0

        la      a0, message
        li      a1, message_bytes
        call    print
        mv      a0, s0
        call    print_number
        li      a0, 0
        li      a7, SYS_exit
        ecall

# daxpy(a0: count, fa0: a, a1: x, a2: y)
daxpy:
1:      vsetvli t0, a0, e64, m4, ta, ma
        vle64.v v8, (a1)
        vle64.v v16, (a2)
        vfmacc.vf v16, fa0, v8
        vse64.v v16, (a2)
        sub     a0, a0, t0
        slli    t1, t0, 3
        add     a1, a1, t1
        add     a2, a2, t1
        bnez    a0, 1b
        ret

# sum(a0: count, a1: numbers) gives fa0. The ordered reduction adds from left to right, so the result does not depend on VLEN.
sum:
        fmv.d.x fa0, zero
1:      vsetvli t0, a0, e64, m8, ta, ma
        vle64.v v8, (a1)
        vfmv.s.f v16, fa0
        vfredosum.vs v16, v8, v16
        vfmv.f.s fa0, v16
        sub     a0, a0, t0
        slli    t1, t0, 3
        add     a1, a1, t1
        bnez    a0, 1b
        ret

# print_number(a0: not negative), and the end of the line
print_number:
        addi    sp, sp, -32
        addi    a1, sp, 32              # digits are put in front of here, the last one first
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
x:      .zero   8 * COUNT
y:      .zero   8 * COUNT
