#include "random.h"
#include "riscv.h"

static uint64_t state;

/** splitmix64: a counter, stirred. */
static uint64_t next(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

void random_bytes(void *to, uint64_t bytes) {
  state ^= now();
  for (uint8_t *t = to; bytes; bytes--) *t++ = (uint8_t)next();
}
