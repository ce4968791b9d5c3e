// Wide arithmetic, divisions by constants, shifts, bit fields.
#include <stdint.h>
#include <stdio.h>

struct fields { unsigned a : 3, b : 11, c : 18; int64_t d : 40; } value;

__attribute__((noinline)) static uint64_t mix(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdull;
  x ^= x << 7;
  return x % 1000003 + x / 77;
}

__attribute__((noinline)) static __int128 wide(__int128 a, int64_t b) { return a * b / 3; }

int main(void) {
  uint64_t x = 1;
  for (int i = 0; i < 50; i++) x = mix(x + i);
  value.a = 5;
  value.b = 2000;
  value.c = 100000;
  value.d = -123456789012;
  __int128 w = wide((__int128)1 << 90, -12345);
  printf("%lu %d %d %d %ld\n", x, value.a, value.b, value.c, (long)value.d);
  printf("%lx %lx %d %d\n", (long)(w >> 64), (long)w, (int)(int8_t)x, -100 / 7 % 5);
  printf("%d %d %d\n", __builtin_popcountll(x), __builtin_clzll(x), __builtin_ctzll(x));
  return 0;
}
