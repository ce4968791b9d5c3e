# region helpers
.macro zeroed register, count=1
li \register, 0
.endm
# endregion
#include "more.h"
        .equ SIZE,16
        .globl _start
_start:
   call work   # twice
        call    work
        csrr    t0,vlenb
        zeroed a0
        li a7, 93
        ecall
work: addi sp,sp,-SIZE
1: vsetivli zero,4,e32,m1,ta,ma
        li a7, 178
        ecall
        addi s0, s0, -1
        bnez s0, 1b
        vfmacc.vf v8, v0, fa0
        lw a0, a1
        ret
.Lmessage: .ascii  "a,  b"
