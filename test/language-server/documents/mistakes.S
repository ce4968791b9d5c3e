        .globl  _start
_start: vadd.vv v1, v2, v3              # vtype is unset
        vsetivli zero, 4, e64, m2, ta, ma
        vadd.vv v3, v4, v6              # no group starts at v3
        vmv.v.i v8, 1
        li      a7, 178
        ecall
        vadd.vi v8, v8, 1               # v8 may be lost
        adi     a0, a0, 1
        lw      a0, a1
1:      vsetivli zero, 4, e32, m1, ta, ma # once more
        li      a7, 178
        ecall
        j       1b
