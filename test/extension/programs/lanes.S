# Vector registers to look at: a masked addition, a tail, a store to a page that is not there, floating point.
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

        li      t0, 13
        vsetvli zero, t0, e32, m2, ta, mu
        vid.v   v8
        vadd.vi v8, v8, 10
        vmul.vv v10, v8, v8
        vsub.vv v12, v8, v10
        vand.vi v14, v8, 1
        vmsne.vi v0, v14, 0             # the odd ones
        vadd.vi v8, v8, 5, v0.t
        vse32.v v8, (s0)                # faults
        vadd.vv v10, v10, v8
        vfcvt.f.x.v v16, v12
        vfwcvt.f.x.v v20, v8
        lw      a0, 4(s0)
        li      a7, SYS_exit
        ecall
