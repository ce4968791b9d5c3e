#include "corpus.h"
#define N 17
static float a[N][N], b[N][N], c[N][N];
__attribute__((noinline)) static void multiply(void) {
  for (int i = 0; i < N; i++)
    for (int k = 0; k < N; k++)
      for (int j = 0; j < N; j++) c[i][j] += a[i][k] * b[k][j];
}
int main(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) a[i][j] = i == j, b[i][j] = (float)(i + j);
  tick();
  multiply();
  tick();
  return c[3][4] != 7;
}
