#include "corpus.h"
#include <riscv_vector.h>
static int in[COUNT], out[COUNT];
__attribute__((noinline)) static u64 compress(const int *s, int *d, u64 n) {
  u64 all = 0;
  while (n) {
    u64 vl = __riscv_vsetvl_e32m2(n);
    vint32m2_t v = __riscv_vle32_v_i32m2(s, vl);
    vbool16_t m = __riscv_vmsgt_vx_i32m2_b16(v, 100, vl);
    u64 kept = __riscv_vcpop_m_b16(m, vl);
    __riscv_vse32_v_i32m2(d + all, __riscv_vcompress_vm_i32m2(v, m, vl), kept);
    all += kept, s += vl, n -= vl;
  }
  return all;
}
int main(void) {
  for (int i = 0; i < COUNT; i++) in[i] = i;
  u64 n = compress(in, out, COUNT);
  tick_here();
  return n != COUNT - 101 || out[0] != 101;
}
