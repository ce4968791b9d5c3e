# z = x where the offsets in y say, words by words
#include "elements.h"
        .text
KERNEL:
1:      vsetvli t0, a0, e32, GROUP, ta, ma
        vle32.v v8, (a3)
        vluxei32.v v16, (a2), v8
        vse32.v v16, (a1)
        slli    t1, t0, 2
        add     a1, a1, t1
        add     a3, a3, t1
        sub     a0, a0, t0
        bnez    a0, 1b
        ret
