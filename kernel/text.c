#include "text.h"
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes) {
  uint8_t *t = to;
  const uint8_t *f = from;
  uintptr_t low = (uintptr_t)t | (uintptr_t)f;
  if ((low & 7) == 0)
    for (; bytes >= 8; bytes -= 8, t += 8, f += 8) *(uint64_t *)t = *(const uint64_t *)f;
  else if ((low & 3) == 0) /* files in a cpio archive */
    for (; bytes >= 4; bytes -= 4, t += 4, f += 4) *(uint32_t *)t = *(const uint32_t *)f;
  while (bytes--) *t++ = *f++;
  return to;
}

void *memmove(void *to, const void *from, size_t bytes) {
  uint8_t *t = to;
  const uint8_t *f = from;
  if (t < f)
    while (bytes--) *t++ = *f++;
  else
    while (bytes--) t[bytes] = f[bytes];
  return to;
}

void *memset(void *to, int value, size_t bytes) {
  uint8_t *t = to;
  uint64_t wide = (uint8_t)value * 0x0101010101010101ull;
  if (((uintptr_t)t & 7) == 0)
    for (; bytes >= 8; bytes -= 8, t += 8) *(uint64_t *)t = wide;
  while (bytes--) *t++ = (uint8_t)value;
  return to;
}

int memcmp(const void *a, const void *b, size_t bytes) {
  const uint8_t *x = a, *y = b;
  for (; bytes--; x++, y++)
    if (*x != *y) return *x - *y;
  return 0;
}

size_t strlen(const char *s) {
  size_t n = 0;
  while (s[n]) n++;
  return n;
}

int strcmp(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return (uint8_t)*a - (uint8_t)*b;
}

bool starts_with(const char *s, const char *beginning) {
  while (*beginning)
    if (*s++ != *beginning++) return false;
  return true;
}

void copy_text(char *to, const char *from, size_t room) {
  while (room-- > 1 && *from) *to++ = *from++;
  *to = 0;
}
