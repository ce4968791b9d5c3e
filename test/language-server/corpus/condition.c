#include "corpus.h"
static int a[COUNT], b[COUNT];
__attribute__((noinline)) static void clamp(const int *from, int *to, int n, int low, int high) {
  for (int i = 0; i < n; i++) {
    int v = from[i];
    if (v < low) v = low;
    if (v > high) v = high - (v & 3);
    to[i] = v;
  }
}
int main(int argc, char **argv) {
  (void)argv;
  for (int i = 0; i < COUNT; i++) a[i] = i - 100;
  if (tick() > 0) clamp(a, b, COUNT, 0, 50);
  else clamp(b, a, COUNT, 1, 2);
  if (argc > 100) clamp(b, a, COUNT, 1, 2);
  tick();
  return b[0] != 0;
}
