# How far it is to the zero in x: fault-only-first loads, a mask, its first element.
#include "elements.h"
        .text
KERNEL:
        mv      t2, a2
1:      vsetvli t0, x0, ELEMENT, GROUP, ta, ma
        vle8ff.v v8, (a2)
        csrr    t0, vl
        vmseq.vi v0, v8, 0
        vfirst.m t1, v0
        add     a2, a2, t0
        bltz    t1, 1b
        sub     a2, a2, t0
        add     a2, a2, t1
        sub     a0, a2, t2
        ret
