#include "corpus.h"
#include <riscv_vector.h>
#define N 24
static double a[N * N], b[N * N], c[N * N];
__attribute__((noinline)) static void gemm(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N;) {
      u64 vl = __riscv_vsetvl_e64m4((u64)(N - j));
      vfloat64m4_t sum = __riscv_vfmv_v_f_f64m4(0, vl);
      for (int k = 0; k < N; k++)
        sum = __riscv_vfmacc_vf_f64m4(sum, a[i * N + k], __riscv_vle64_v_f64m4(b + k * N + j, vl), vl);
      __riscv_vse64_v_f64m4(c + i * N + j, sum, vl);
      j += (int)vl;
    }
}
int main(void) {
  for (int i = 0; i < N * N; i++) a[i] = i % (N + 1) == 0, b[i] = i;
  gemm();
  tick_here();
  gemm();
  return c[77] != 77;
}
