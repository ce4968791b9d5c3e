# The sum of x, a reduction for each strip.
#include "elements.h"
        .text
KERNEL:
        vsetivli x0, 1, ELEMENT, m1, ta, ma
        vmv.s.x v16, x0
1:      vsetvli t0, a0, ELEMENT, GROUP, ta, ma
        LOAD    v8, (a2)
        vredsum.vs v16, v8, v16
        slli    t1, t0, SHIFT
        add     a2, a2, t1
        sub     a0, a0, t0
        bnez    a0, 1b
        vmv.x.s a0, v16
        ret
