#include "corpus.h"
#include <riscv_vector.h>
static char text[COUNT];
__attribute__((noinline)) static u64 length(const char *s) {
  u64 n = 0;
  for (;;) {
    u64 vl = __riscv_vsetvlmax_e8m4();
    vuint8m4_t v = __riscv_vle8ff_v_u8m4((const u8 *)s + n, &vl, vl);
    long at = __riscv_vfirst_m_b2(__riscv_vmseq_vx_u8m4_b2(v, 0, vl), vl);
    if (at >= 0) return n + (u64)at;
    n += vl;
  }
}
int main(void) {
  for (int i = 0; i < COUNT - 1; i++) text[i] = 'a';
  tick();
  u64 n = length(text);
  tick();
  return n != COUNT - 1;
}
