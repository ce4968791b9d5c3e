// Loops that a compiler makes vector code of, over all widths.
#include <stdint.h>
#include <stdio.h>

#define N 1000
static int8_t b[N];
static uint16_t h[N];
static int32_t w[N], v[N];
static int64_t d[N];
static float f[N];
static double g[N];

__attribute__((noinline)) static void fill(void) {
  for (int i = 0; i < N; i++) {
    b[i] = (int8_t)(i * 7);
    h[i] = (uint16_t)(i * 31);
    w[i] = i * 1001 - 5000;
    v[i] = N - i;
    d[i] = (int64_t)i * i;
    f[i] = (float)i * 0.5f;
    g[i] = i;
  }
}

__attribute__((noinline)) static void change(void) {
  for (int i = 0; i < N; i++) w[i] += v[i] * 3;
  for (int i = 0; i < N; i++) d[i] += b[i];
  for (int i = 0; i < N; i++) h[i] = (uint16_t)((h[i] + 1) >> 1);
  for (int i = 0; i < N; i++) f[i] = f[i] > 100 ? f[i] * 2 : f[i] + 1;
  for (int i = 0; i < N; i++) g[i] = (double)f[i] + (double)w[i];
  for (int i = 0; i < N; i++)
    if (b[i] > 0) v[i] = w[i] - v[i];
  for (int i = 0; i < N / 2; i++) w[i] = v[2 * i] + v[2 * i + 1];
}

int main(void) {
  fill();
  change();
  long sum = 0, most = w[0];
  uint64_t bits = 0;
  double total = 0;
  for (int i = 0; i < N; i++) {
    sum += w[i] + h[i] + d[i] + v[i];
    most = w[i] > most ? w[i] : most;
    bits ^= (uint64_t)d[i];
  }
  for (int i = 0; i < N; i++) total += g[i];
  printf("%ld %ld %lu %.2f\n", sum, most, bits, total);
  return 0;
}
