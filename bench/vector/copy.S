# z = x
#include "elements.h"
        .text
KERNEL:
1:      vsetvli t0, a0, ELEMENT, GROUP, ta, ma
        LOAD    v8, (a2)
        STORE   v8, (a1)
        slli    t1, t0, SHIFT
        add     a1, a1, t1
        add     a2, a2, t1
        sub     a0, a0, t0
        bnez    a0, 1b
        ret
