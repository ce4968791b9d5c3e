# The same helper called at home and from the vector hart.
        .globl  _start
_start: call    helper
        vsetvli t0, zero, e8, m8, ta, ma
        vmv.v.i v0, 0
        call    helper
        vsetivli zero, 1, e8, m1, ta, ma
        vmv.s.x v0, zero
        call    helper
        call    helper
        li      a0, 0
        li      a7, 93
        ecall
helper: addi    a0, a0, 1
        li      a7, 178
        ecall
        addi    a0, a0, -1
        ret
