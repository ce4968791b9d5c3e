# Functions called through registers: what they do to vtype nobody says.
        .option norelax
        .globl  _start
_start: la      s0, work
        jalr    s0
        la      s1, plain
        jalr    s1
        la      s0, work
        mv      t2, s0
        li      a7, 178
        ecall
        jalr    ra, 0(t2)
        li      a0, 0
        li      a7, 93
        ecall
work:   vsetivli zero, 8, e32, m2, ta, ma
        vid.v   v2
        ret
plain:  li      a7, 178
        ecall
        ret
