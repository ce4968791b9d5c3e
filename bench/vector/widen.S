# z += x * y, from 16 to 32 bits; z then narrowed, rounded and clipped into x's place: half of each array is used.
#include "elements.h"
        .text
KERNEL:
        srli    a0, a0, 1
        csrwi   vxrm, 0
1:      vsetvli t0, a0, e16, HALF_GROUP, ta, ma
        vle16.v v8, (a2)
        vle16.v v16, (a3)
        vsetvli x0, x0, e32, GROUP, ta, ma
        vle32.v v24, (a1)
        vsetvli x0, x0, e16, HALF_GROUP, ta, ma
        vwmacc.vv v24, v8, v16
        vnclip.wi v8, v24, 15
        vse16.v v8, (a2)
        vsetvli x0, x0, e32, GROUP, ta, ma
        vse32.v v24, (a1)
        slli    t1, t0, 1
        add     a2, a2, t1
        add     a3, a3, t1
        slli    t1, t0, 2
        add     a1, a1, t1
        sub     a0, a0, t0
        bnez    a0, 1b
        ret
