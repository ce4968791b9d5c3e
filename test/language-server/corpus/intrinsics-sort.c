#include "corpus.h"
#include <riscv_vector.h>
static u32 data[64];
/* Odd-even transposition on strided pairs: two element widths of index and data. */
__attribute__((noinline)) static void pass(u32 *at, u64 pairs) {
  while (pairs) {
    u64 vl = __riscv_vsetvl_e32m2(pairs);
    vuint32m2_t a = __riscv_vlse32_v_u32m2(at, 8, vl), b = __riscv_vlse32_v_u32m2(at + 1, 8, vl);
    __riscv_vsse32_v_u32m2(at, 8, __riscv_vminu_vv_u32m2(a, b, vl), vl);
    __riscv_vsse32_v_u32m2(at + 1, 8, __riscv_vmaxu_vv_u32m2(a, b, vl), vl);
    at += 2 * vl, pairs -= vl;
  }
}
int main(void) {
  fill(data, sizeof data, 9);
  for (int n = 0; n < 64; n++) pass(data + (n & 1), n & 1 ? 31 : 32);
  tick();
  for (int n = 1; n < 64; n++)
    if (data[n - 1] > data[n]) return 1;
  return 0;
}
