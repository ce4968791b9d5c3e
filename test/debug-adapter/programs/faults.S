# A store from the vector hart to a page that is not there: the thread comes back with its vector registers and leaves again.
        .equ    SYS_exit, 93
        .equ    SYS_mmap, 222

        .text
        .globl  _start
_start:
        li      a0, 0
        li      a1, 4096
        li      a2, 3
        li      a3, 0x22
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0
        vsetivli zero, 6, e32, m2, ta, ma
        vid.v   v8
        vadd.vi v8, v8, 7
        vse32.v v8, (s0)
        lw      a0, 20(s0)
        li      a7, SYS_exit
        ecall
