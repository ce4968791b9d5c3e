/* Vector types of RVV: sums of two small arrays, and which of them are even. */
#include <riscv_vector.h>
#include <stdio.h>

int a[8] = {1, 2, 3, 4, 5, 6, 7, 8}, b[8] = {10, 20, 30, 40, 50, 60, 70, 80}, out[8];

int main(void) {
  unsigned long vl = 8;
  vint32m2_t left = __riscv_vle32_v_i32m2(a, vl);
  vint32m2_t right = __riscv_vle32_v_i32m2(b, vl);
  vint32m2_t sum = __riscv_vadd_vv_i32m2(left, right, vl);
  vbool16_t even = __riscv_vmseq_vx_i32m2_b16(__riscv_vand_vx_i32m2(sum, 1, vl), 0, vl);
  vfloat64m1_t half = __riscv_vfmv_v_f_f64m1(0.5, 2);
  __riscv_vse32_v_i32m2(out, sum, vl); /* stored */
  printf("%d %ld %g\n", out[7], __riscv_vcpop_m_b16(even, vl), __riscv_vfmv_f_s_f64m1_f64(half));
  return 0;
}
