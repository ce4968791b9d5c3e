# C = A B for 43 x 43 matrices of doubles. 43 is no multiple of any vector length, so the last strip of each row is a short one.
# A and B are filled by scalar code; C is touched by vector stores first, so each of its pages costs a trip back.

        .option norelax                 # a linker may not use gp: nobody sets it

        .equ    SYS_write, 64
        .equ    SYS_exit, 93
        .equ    N, 43
        .equ    ROW, 8 * N              # bytes

        .section .rodata
corner:
        .ascii  "dgemm: 8 C[42][42] is "
        .equ    corner_bytes, . - corner
message:
        .ascii  "dgemm: the checksum of C is "
        .equ    message_bytes, . - message

        .text
        .globl  _start
_start:
        # A[i][j] = i + j / 4 and B[i][j] = i - j / 2: all sums below are exact, in eighths.
        la      s0, A
        la      s1, B
        li      t0, 1
        fcvt.d.l fs0, t0
        li      t0, 4
        fcvt.d.l ft0, t0
        fdiv.d  fs1, fs0, ft0           # 1/4
        fadd.d  fs2, fs1, fs1           # 1/2
        li      s2, 0
1:      fcvt.d.l ft0, s2
        li      s3, 0
2:      fcvt.d.l ft1, s3
        fmadd.d ft2, ft1, fs1, ft0
        fsd     ft2, (s0)
        fnmsub.d ft3, ft1, fs2, ft0
        fsd     ft3, (s1)
        addi    s0, s0, 8
        addi    s1, s1, 8
        addi    s3, s3, 1
        li      t0, N
        bne     s3, t0, 2b
        addi    s2, s2, 1
        bne     s2, t0, 1b

        la      a0, A
        la      a1, B
        la      a2, C
        call    dgemm

        la      a0, corner
        li      a1, corner_bytes
        call    print
        la      t0, C + (N * N - 1) * 8
        fld     ft0, (t0)
        li      t0, 8
        fcvt.d.l ft1, t0
        fmul.d  ft0, ft0, ft1
        fcvt.l.d a0, ft0
        call    print_number

        la      a0, message
        li      a1, message_bytes
        call    print
        call    checksum
        call    print_number
        li      a0, 0
        li      a7, SYS_exit
        ecall

# dgemm(a0: A, a1: B, a2: C). For each strip of a row of C: the strip stays in v16 while k runs.
dgemm:
        li      t6, N                   # rows left
1:      li      t0, N                   # columns left
        mv      t1, a1                  # B[0][j]
2:      vsetvli t2, t0, e64, m4, ta, ma
        vmv.v.i v16, 0
        mv      t3, a0                  # A[i][k]
        mv      t4, t1                  # B[k][j]
        li      t5, N
3:      fld     ft0, (t3)
        vle64.v v8, (t4)
        vfmacc.vf v16, ft0, v8
        addi    t3, t3, 8
        addi    t4, t4, ROW
        addi    t5, t5, -1
        bnez    t5, 3b
        vse64.v v16, (a2)
        slli    t5, t2, 3
        add     a2, a2, t5
        add     t1, t1, t5
        sub     t0, t0, t2
        bnez    t0, 2b
        addi    a0, a0, ROW
        addi    t6, t6, -1
        bnez    t6, 1b
        ret

# checksum() gives a0: every element in eighths, each multiplied into what came before, cut to 48 bits.
checksum:
        la      t0, C
        li      t1, N * N
        li      t2, 8
        fcvt.d.l ft1, t2
        li      a0, 0
        li      t3, 31
1:      fld     ft0, (t0)
        fmul.d  ft0, ft0, ft1
        fcvt.l.d t2, ft0
        mul     a0, a0, t3
        add     a0, a0, t2
        slli    a0, a0, 16
        srli    a0, a0, 16
        addi    t0, t0, 8
        addi    t1, t1, -1
        bnez    t1, 1b
        ret

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
A:      .zero   ROW * N
B:      .zero   ROW * N
        .balign 4096
C:      .zero   ROW * N
