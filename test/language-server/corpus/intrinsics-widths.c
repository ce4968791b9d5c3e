#include "corpus.h"
#include <riscv_vector.h>
static short in[COUNT];
static int out[COUNT];
__attribute__((noinline)) static void widen(const short *s, int *d, u64 n) {
  while (n) {
    u64 vl = __riscv_vsetvl_e16m2(n);
    vint16m2_t v = __riscv_vle16_v_i16m2(s, vl);
    vint32m4_t w = __riscv_vwmul_vv_i32m4(v, v, vl);
    __riscv_vse32_v_i32m4(d, __riscv_vadd_vx_i32m4(w, 1, vl), vl);
    s += vl, d += vl, n -= vl;
  }
}
int main(void) {
  for (int i = 0; i < COUNT; i++) in[i] = (short)i;
  widen(in, out, COUNT);
  tick();
  widen(in, out, COUNT);
  return out[10] != 101;
}
