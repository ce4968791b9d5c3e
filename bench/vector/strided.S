# Every fourth word of x, summed with what lies there in z
#include "elements.h"
        .text
KERNEL:
        srli    a0, a0, 2
        li      t2, 16
1:      vsetvli t0, a0, e32, GROUP, ta, ma
        vlse32.v v8, (a2), t2
        vlse32.v v16, (a1), t2
        vadd.vv v8, v8, v16
        vsse32.v v8, (a1), t2
        slli    t1, t0, 4
        add     a1, a1, t1
        add     a2, a2, t1
        sub     a0, a0, t0
        bnez    a0, 1b
        ret
