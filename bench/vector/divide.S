# z = x / y + x % y
#include "elements.h"
        .text
KERNEL:
1:      vsetvli t0, a0, ELEMENT, GROUP, ta, ma
        LOAD    v8, (a2)
        LOAD    v16, (a3)
        vdivu.vv v24, v8, v16
        vremu.vv v8, v8, v16
        vadd.vv v8, v8, v24
        STORE   v8, (a1)
        slli    t1, t0, SHIFT
        add     a1, a1, t1
        add     a2, a2, t1
        add     a3, a3, t1
        sub     a0, a0, t0
        bnez    a0, 1b
        ret
