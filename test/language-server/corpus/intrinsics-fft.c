#include "corpus.h"
#include <riscv_vector.h>
static float re[64], im[64];
/* Butterflies of one stage after the other, their lengths from 32 down to 1. */
__attribute__((noinline)) static void stage(u64 half) {
  for (u64 base = 0; base < 64; base += 2 * half)
    for (u64 n = 0; n < half;) {
      u64 vl = __riscv_vsetvl_e32m1(half - n);
      float *ra = re + base + n, *rb = ra + half, *ia = im + base + n, *ib = ia + half;
      vfloat32m1_t a = __riscv_vle32_v_f32m1(ra, vl), b = __riscv_vle32_v_f32m1(rb, vl);
      vfloat32m1_t c = __riscv_vle32_v_f32m1(ia, vl), d = __riscv_vle32_v_f32m1(ib, vl);
      __riscv_vse32_v_f32m1(ra, __riscv_vfadd_vv_f32m1(a, b, vl), vl);
      __riscv_vse32_v_f32m1(rb, __riscv_vfsub_vv_f32m1(a, b, vl), vl);
      __riscv_vse32_v_f32m1(ia, __riscv_vfadd_vv_f32m1(c, d, vl), vl);
      __riscv_vse32_v_f32m1(ib, __riscv_vfsub_vv_f32m1(c, d, vl), vl);
      n += vl;
    }
}
int main(void) {
  for (int i = 0; i < 64; i++) re[i] = 1;
  for (u64 half = 32; half; half /= 2) {
    stage(half);
    if (half == 8) tick();
  }
  return re[0] != 64;
}
