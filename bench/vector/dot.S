# The sum of x * y in any order, then an ordered sum of one strip
#include "elements.h"
        .text
KERNEL:
        vsetvli t0, x0, ELEMENT, GROUP, ta, ma
        vmv.v.i v24, 0
1:      vsetvli t0, a0, ELEMENT, GROUP, tu, ma
        LOAD    v8, (a2)
        LOAD    v16, (a3)
        vfmacc.vv v24, v8, v16
        slli    t1, t0, SHIFT
        add     a2, a2, t1
        add     a3, a3, t1
        sub     a0, a0, t0
        bnez    a0, 1b
        vsetvli t0, x0, ELEMENT, GROUP, ta, ma
        vmv.s.x v8, x0
        vfredosum.vs v8, v24, v8
        vfmv.f.s fa0, v8
#if BITS == 32
        fmv.x.w a0, fa0
#else
        fmv.x.d a0, fa0
#endif
        ret
