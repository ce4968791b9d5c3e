# z = x where x > y, else z + y: a comparison's mask, a merge, a masked sum
#include "elements.h"
        .text
KERNEL:
1:      vsetvli t0, a0, ELEMENT, GROUP, ta, mu
        LOAD    v8, (a2)
        LOAD    v16, (a3)
        LOAD    v24, (a1)
        vmslt.vv v0, v8, v16
        vadd.vv v24, v24, v16, v0.t
        vmnot.m v0, v0
        vmerge.vvm v24, v24, v8, v0
        STORE   v24, (a1)
        slli    t1, t0, SHIFT
        add     a1, a1, t1
        add     a2, a2, t1
        add     a3, a3, t1
        sub     a0, a0, t0
        bnez    a0, 1b
        ret
