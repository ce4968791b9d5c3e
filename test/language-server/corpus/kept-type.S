# vtype read, changed, and put back by vsetvl.
        .globl  _start
_start: vsetivli zero, 4, e32, m1, ta, ma
        vmv.v.i v1, 1
        csrr    t0, vtype
        csrr    t1, vl
        vsetivli zero, 2, e64, m2, ta, ma
        vmv.v.i v2, 2
        vsetvl  zero, t1, t0
        vadd.vi v1, v1, 1
        li      t2, 0xd8
        vsetvl  t3, t1, t2
        vmv.v.i v4, 1
        li      a7, 178
        ecall
        li      a0, 0
        li      a7, 93
        ecall
