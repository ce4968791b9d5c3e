# z += x / 3, by fused multiply-adds; with CLEAR_FLAGS the exception flags are cleared before each strip.
#include "elements.h"
        .text
KERNEL:
        li      t0, 1
        li      t1, 3
#if BITS == 32
        fcvt.s.l fa0, t0
        fcvt.s.l fa1, t1
        fdiv.s  fa0, fa0, fa1
#else
        fcvt.d.l fa0, t0
        fcvt.d.l fa1, t1
        fdiv.d  fa0, fa0, fa1
#endif
1:      vsetvli t0, a0, ELEMENT, GROUP, ta, ma
#ifdef CLEAR_FLAGS
        csrw    fflags, zero
#endif
        LOAD    v8, (a2)
        LOAD    v16, (a1)
        vfmacc.vf v16, fa0, v8
        STORE   v16, (a1)
        slli    t1, t0, SHIFT
        add     a1, a1, t1
        add     a2, a2, t1
        sub     a0, a0, t0
        bnez    a0, 1b
        li      a0, 0
        ret
