#include "corpus.h"
static double x[COUNT], y[COUNT];
__attribute__((noinline)) static void axpy(double a, const double *p, double *q, int n) {
  for (int i = 0; i < n; i++) q[i] += a * p[i];
}
int main(void) {
  for (int i = 0; i < COUNT; i++) x[i] = i, y[i] = 1;
  axpy(2, x, y, COUNT);
  tick();
  axpy(3, x, y, COUNT);
  return y[100] != 501;
}
