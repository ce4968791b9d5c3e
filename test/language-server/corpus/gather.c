#include "corpus.h"
static int table[256], out[COUNT];
static u8 index[COUNT];
__attribute__((noinline)) static void look(const u8 *at, int *to, int n) {
  for (int i = 0; i < n; i++) to[i] = table[at[i]];
}
int main(void) {
  for (int i = 0; i < 256; i++) table[i] = 1000 + i;
  fill(index, sizeof index, 7);
  tick_here();
  look(index, out, COUNT);
  tick_here();
  return out[9] != 1000 + index[9];
}
