# A function that calls itself, vectors on the way down and a system call on the way up.
        .globl  _start
_start: li      a0, 4
        call    down
        li      a0, 0
        li      a7, 93
        ecall
down:   addi    sp, sp, -16
        sd      ra, (sp)
        vsetivli zero, 4, e32, m1, ta, ma
        vmv.v.i v1, 3
        beqz    a0, 1f
        addi    a0, a0, -1
        call    down
1:      li      a7, 178
        ecall
        ld      ra, (sp)
        addi    sp, sp, 16
        ret
