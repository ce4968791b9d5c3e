# axpy(a0: count, fa0: a, a1: x, a2: y): y += a x
        .text
        .globl  axpy
        .type   axpy, @function
axpy:
        .cfi_startproc
1:      vsetvli t0, a0, e64, m2, ta, ma
        vle64.v v8, (a1)
        vle64.v v16, (a2)
        vfmacc.vf v16, fa0, v8
        vse64.v v16, (a2)
        sub     a0, a0, t0
        slli    t0, t0, 3
        add     a1, a1, t0
        add     a2, a2, t0
        bnez    a0, 1b
        ret
        .cfi_endproc
        .size   axpy, . - axpy
