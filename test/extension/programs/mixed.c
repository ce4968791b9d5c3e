/* C that calls a vector loop in assembly: y += a x. */
#include <stdio.h>

#define COUNT 12

void axpy(long count, double a, const double *x, double *y);

struct series {
  double x[COUNT], y[COUNT];
};

static double total(const double *numbers) {
  double sum = 0;
  for (int i = 0; i < COUNT; i++)
    sum += numbers[i];
  return sum;
}

int main(void) {
  struct series series;
  for (int i = 0; i < COUNT; i++) {
    series.x[i] = i;
    series.y[i] = 100;
  }
  axpy(COUNT, 0.5, series.x, series.y);
  printf("the sum is %g\n", total(series.y));
  return 0;
}
