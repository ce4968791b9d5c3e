# z = x * y, matrices of SIDE x SIDE doubles; two rows of a strip of z stay in registers while k runs.
#include "elements.h"
#define ROW (8 * SIDE)
        .text
KERNEL:
        li      t6, SIDE / 2            # pairs of rows left
        li      a7, ROW
1:      li      t0, SIDE                # columns left
        mv      t1, a3                  # y[0][j]
2:      vsetvli t2, t0, e64, GROUP, ta, ma
        vmv.v.i v16, 0
        vmv.v.i v24, 0
        mv      t3, a2                  # x[i][k]
        add     t4, a2, a7              # x[i + 1][k]
        mv      t5, t1                  # y[k][j]
        li      a4, SIDE
3:      vle64.v v8, (t5)
        fld     fa0, (t3)
        fld     fa1, (t4)
        vfmacc.vf v16, fa0, v8
        vfmacc.vf v24, fa1, v8
        addi    t3, t3, 8
        addi    t4, t4, 8
        add     t5, t5, a7
        addi    a4, a4, -1
        bnez    a4, 3b
        vse64.v v16, (a1)
        add     a5, a1, a7
        vse64.v v24, (a5)
        slli    a6, t2, 3
        add     a1, a1, a6
        add     t1, t1, a6
        sub     t0, t0, t2
        bnez    t0, 2b
        add     a1, a1, a7              # past the second row
        add     a2, a2, a7
        add     a2, a2, a7
        addi    t6, t6, -1
        bnez    t6, 1b
        li      a0, 0
        ret
