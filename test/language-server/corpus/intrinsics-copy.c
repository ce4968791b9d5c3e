#include "corpus.h"
#include <riscv_vector.h>
static u8 from[2000], to[2000];
__attribute__((noinline)) static void copy(u8 *d, const u8 *s, u64 n) {
  while (n) {
    u64 vl = __riscv_vsetvl_e8m8(n);
    __riscv_vse8_v_u8m8(d, __riscv_vle8_v_u8m8(s, vl), vl);
    d += vl, s += vl, n -= vl;
    tick_here();
  }
}
int main(void) {
  fill(from, sizeof from, 5);
  copy(to, from, sizeof to);
  return to[1999] != from[1999];
}
