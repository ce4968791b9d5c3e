# Red, green, blue bytes of x become grey ones in z: segment loads, widening products. GROUP is that of the products.
#include "elements.h"
        .text
KERNEL:
        li      t2, 3
        divu    a0, a0, t2
        li      t3, 77
        li      t4, 150
        li      t5, 29
1:      vsetvli t0, a0, e8, HALF_GROUP, ta, ma
        vlseg3e8.v v8, (a2)
        vwmulu.vx v24, v8, t3
        vwmaccu.vx v24, t4, SECOND
        vwmaccu.vx v24, t5, THIRD
        vnsrl.wi v8, v24, 8
        vse8.v  v8, (a1)
        mul     t1, t0, t2
        add     a2, a2, t1
        add     a1, a1, t0
        sub     a0, a0, t0
        bnez    a0, 1b
        ret
