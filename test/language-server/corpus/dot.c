#include "corpus.h"
static int x[COUNT], y[COUNT];
__attribute__((noinline)) static int dot(const int *p, const int *q, int n) {
  int sum = 0;
  for (int i = 0; i < n; i++) sum += p[i] * q[i];
  return sum;
}
int main(void) {
  for (int i = 0; i < COUNT; i++) x[i] = i, y[i] = 2;
  int all = 0;
  for (int round = 0; round < 3; round++) {
    all += dot(x, y, COUNT);
    tick_here();
  }
  return all != 3 * COUNT * (COUNT - 1);
}
