# saxpy(a0: elements, fa0: factor, a1: x, a2: y): y += factor * x
        .equ    SYS_write, 64
        .equ    SYS_exit, 93
        .text
        .globl  _start, saxpy
_start: li      a0, 100
        la      a1, xs
        la      a2, ys
        call    saxpy
        li      a7, SYS_write
        ecall
        call    elsewhere
        li      a7, SYS_exit
        ecall

# Adds a multiple of one array to another.
saxpy:  vsetvli t0, a0, e32, m8, ta, ma
        vle32.v v0, (a1)
        sub     a0, a0, t0
        sh2add  a1, t0, a1
        vle32.v v8, (a2)
1:      vfmacc.vf v8, fa0, v0
        vse32.v v8, (a2)
        sh2add  a2, t0, a2
        bnez    a0, saxpy
        ret

        .bss
xs:     .zero   400
ys:     .zero   400
