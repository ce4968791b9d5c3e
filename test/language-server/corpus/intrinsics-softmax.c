#include "corpus.h"
#include <riscv_vector.h>
static float x[COUNT], y[COUNT];
/* e to the power of x, for x from -80 to 0: a power of two by the exponent's bits, the rest by a polynomial. */
static inline vfloat32m2_t power(vfloat32m2_t v, u64 vl) {
  vfloat32m2_t twos = __riscv_vfmul_vf_f32m2(v, 1.44269504f, vl);
  vint32m2_t whole = __riscv_vfcvt_x_f_v_i32m2(twos, vl);
  vfloat32m2_t rest = __riscv_vfmul_vf_f32m2(__riscv_vfsub_vv_f32m2(twos, __riscv_vfcvt_f_x_v_f32m2(whole, vl), vl), 0.693147181f, vl);
  vfloat32m2_t sum = __riscv_vfmv_v_f_f32m2(1.0f / 24, vl);
  sum = __riscv_vfadd_vf_f32m2(__riscv_vfmul_vv_f32m2(sum, rest, vl), 1.0f / 6, vl);
  sum = __riscv_vfadd_vf_f32m2(__riscv_vfmul_vv_f32m2(sum, rest, vl), 0.5f, vl);
  sum = __riscv_vfadd_vf_f32m2(__riscv_vfmul_vv_f32m2(sum, rest, vl), 1, vl);
  sum = __riscv_vfadd_vf_f32m2(__riscv_vfmul_vv_f32m2(sum, rest, vl), 1, vl);
  vint32m2_t scale = __riscv_vsll_vx_i32m2(__riscv_vadd_vx_i32m2(whole, 127, vl), 23, vl);
  return __riscv_vfmul_vv_f32m2(sum, __riscv_vreinterpret_v_i32m2_f32m2(scale), vl);
}
__attribute__((noinline)) static void softmax(const float *p, float *q, u64 n) {
  vfloat32m1_t most = __riscv_vfmv_s_f_f32m1(-1e30f, 1), all = __riscv_vfmv_s_f_f32m1(0, 1);
  for (u64 i = 0, vl; i < n; i += vl) {
    vl = __riscv_vsetvl_e32m2(n - i);
    most = __riscv_vfredmax_vs_f32m2_f32m1(__riscv_vle32_v_f32m2(p + i, vl), most, vl);
  }
  float top = __riscv_vfmv_f_s_f32m1_f32(most);
  for (u64 i = 0, vl; i < n; i += vl) {
    vl = __riscv_vsetvl_e32m2(n - i);
    vfloat32m2_t e = power(__riscv_vfsub_vf_f32m2(__riscv_vle32_v_f32m2(p + i, vl), top, vl), vl);
    __riscv_vse32_v_f32m2(q + i, e, vl);
    all = __riscv_vfredusum_vs_f32m2_f32m1(e, all, vl);
  }
  float sum = __riscv_vfmv_f_s_f32m1_f32(all);
  for (u64 i = 0, vl; i < n; i += vl) {
    vl = __riscv_vsetvl_e32m2(n - i);
    __riscv_vse32_v_f32m2(q + i, __riscv_vfdiv_vf_f32m2(__riscv_vle32_v_f32m2(q + i, vl), sum, vl), vl);
  }
}
int main(void) {
  for (int i = 0; i < COUNT; i++) x[i] = (float)(i % 7);
  softmax(x, y, COUNT);
  tick();
  softmax(x, y, COUNT);
  float sum = 0;
  for (int i = 0; i < COUNT; i++) sum += y[i];
  return !(sum > 0.999f && sum < 1.001f && y[6] > y[5] && y[5] > y[0]);
}
