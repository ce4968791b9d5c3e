#include "corpus.h"
static float x[COUNT], y[COUNT];
/* The shape of a softmax: a polynomial for exp, then a division by the sum. */
__attribute__((noinline)) static float exponentials(const float *from, float *to, int n) {
  for (int i = 0; i < n; i++) {
    float v = from[i];
    to[i] = 1 + v * (1 + v * (0.5f + v * (0.1666f + v * 0.0416f)));
  }
  float sum = 0;
  for (int i = 0; i < n; i++) sum += to[i];
  return sum;
}
__attribute__((noinline)) static void scale(float *at, float by, int n) {
  for (int i = 0; i < n; i++) at[i] /= by;
}
int main(void) {
  for (int i = 0; i < COUNT; i++) x[i] = 0;
  float sum = exponentials(x, y, COUNT);
  tick();
  scale(y, sum, COUNT);
  return y[1] * COUNT < 0.99f;
}
