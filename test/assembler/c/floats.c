// Floating-point loops, conversions and constants of both sizes.
#include <math.h>
#include <stdio.h>

static double a[100], b[100];
static float c[100];

__attribute__((noinline)) static double dot(const double *x, const double *y, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += x[i] * y[i];
  return sum;
}

__attribute__((noinline)) static void scale(float *x, float k, int n) {
  for (int i = 0; i < n; i++) x[i] = x[i] * k + 1.5f;
}

__attribute__((noinline)) static int classify(double x) {
  return isnan(x) ? 0 : isinf(x) ? 1 : x == 0 ? 2 : x < 0 ? 3 : 4;
}

int main(void) {
  for (int i = 0; i < 100; i++) {
    a[i] = i * 0.25;
    b[i] = 100 - i;
    c[i] = (float)i / 3;
  }
  scale(c, 0.1f, 100);
  printf("%.6f %.6f %.6f\n", dot(a, b, 100), c[50], (double)c[99]);
  printf("%d %d %d %d %d\n", classify(NAN), classify(INFINITY), classify(0.0), classify(-1.0), classify(1e300));
  printf("%ld %d %u %.3f\n", (long)1e15, (int)-7.9, (unsigned)3.2e9, sqrt(2.0) + fabs(-0.5) + copysign(1.0, -3.0));
  return 0;
}
