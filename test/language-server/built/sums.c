#include <riscv_vector.h>
#include <stdio.h>

static float x[100], y[100];

/* Vectorised by the compiler. */
__attribute__((noinline)) void axpy(float k, const float *p, float *q, int n) {
  for (int i = 0; i < n; i++)
    q[i] += k * p[i];
}

/* By hand. The sum's tail is agnostic, so the last strip spoils it. */
__attribute__((noinline)) float sum(const float *p, size_t n) {
  size_t most = __riscv_vsetvlmax_e32m1();
  vfloat32m1_t all = __riscv_vfmv_v_f_f32m1(0, most);
  for (size_t vl; n > 0; n -= vl, p += vl) {
    vl = __riscv_vsetvl_e32m1(n);
    all = __riscv_vfadd_vv_f32m1(all, __riscv_vle32_v_f32m1(p, vl), vl);
  }
  vfloat32m1_t zero = __riscv_vfmv_s_f_f32m1(0, 1);
  return __riscv_vfmv_f_s_f32m1_f32(__riscv_vfredusum_vs_f32m1_f32m1(all, zero, most));
}

int main(int argc, char **argv) {
  for (int round = 0; round < 10 * argc; round++) {
    axpy(2, x, y, 100);
    puts("round");
  }
  return sum(y, 100) != 0;
}
