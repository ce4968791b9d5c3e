# A function that is entered with two vtypes, and keeps what it finds.
        .globl  _start
_start: vsetivli zero, 4, e32, m1, ta, ma
        call    both
        vsetivli zero, 2, e64, m2, ta, ma
        call    both
        vmv.v.i v2, 1
        li      a7, 178
        ecall
        vsetivli zero, 2, e64, m2, ta, ma
        call    both
        li      a0, 0
        li      a7, 93
        ecall
both:   vadd.vi v4, v4, 1
        ret
