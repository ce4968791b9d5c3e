# z = x with the elements of each strip in reverse, by vrgather
#include "elements.h"
        .text
KERNEL:
1:      vsetvli t0, a0, ELEMENT, GROUP, ta, ma
        vid.v   v16
        addi    t2, t0, -1
        vrsub.vx v16, v16, t2
        LOAD    v8, (a2)
        vrgather.vv v24, v8, v16
        STORE   v24, (a1)
        slli    t1, t0, SHIFT
        add     a1, a1, t1
        add     a2, a2, t1
        sub     a0, a0, t0
        bnez    a0, 1b
        ret
