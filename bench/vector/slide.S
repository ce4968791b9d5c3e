# z = x + 3 times x's right neighbour + that one's: a filter by slides
#include "elements.h"
        .text
KERNEL:
        li      t2, 3
1:      vsetvli t0, a0, ELEMENT, GROUP, ta, ma
        LOAD    v8, (a2)
        vslide1down.vx v16, v8, x0
        vslide1down.vx v24, v16, x0
        vmacc.vx v8, t2, v16
        vadd.vv v8, v8, v24
        STORE   v8, (a1)
        slli    t1, t0, SHIFT
        add     a1, a1, t1
        add     a2, a2, t1
        sub     a0, a0, t0
        bnez    a0, 1b
        ret
