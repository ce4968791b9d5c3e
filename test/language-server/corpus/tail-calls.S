# Functions that end in others: what the last one leaves comes back to the first caller.
        .globl  _start
_start: call    one
        vadd.vi v4, v4, 1
        call    two
        vadd.vi v4, v4, 1
        li      a0, 0
        li      a7, 93
        ecall
one:    vsetivli zero, 4, e16, m1, ta, ma
        tail    three
two:    li      a7, 178
        ecall
        j       three
three:  vsetivli zero, 4, e32, m4, ta, ma
        vmv.v.i v4, 1
        ret
