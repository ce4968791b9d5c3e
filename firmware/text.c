#include "text.h"

/* The compiler may call these four by itself. */
void *memcpy(void *to, const void *from, size_t bytes) {
  uint8_t *d = to;
  const uint8_t *s = from;
  if (((uintptr_t)d | (uintptr_t)s) % 8 == 0) {
    /* Registers by the dozen are moved with this at every migration. */
    for (; bytes >= 32; bytes -= 32, d += 32, s += 32) {
      uint64_t *to8 = (uint64_t *)d;
      const uint64_t *from8 = (const uint64_t *)s;
      uint64_t a = from8[0], b = from8[1], c = from8[2], e = from8[3];
      to8[0] = a, to8[1] = b, to8[2] = c, to8[3] = e;
    }
    for (; bytes >= 8; bytes -= 8, d += 8, s += 8) *(uint64_t *)d = *(const uint64_t *)s;
  }
  while (bytes--) *d++ = *s++;
  return to;
}

void *memmove(void *to, const void *from, size_t bytes) {
  uint8_t *d = to;
  const uint8_t *s = from;
  if (d <= s || d >= s + bytes) return memcpy(to, from, bytes);
  while (bytes--) d[bytes] = s[bytes];
  return to;
}

void *memset(void *to, int value, size_t bytes) {
  uint8_t *d = to;
  if ((uintptr_t)d % 8 == 0)
    for (uint64_t all = (uint8_t)value * 0x0101010101010101ull; bytes >= 8; bytes -= 8, d += 8) *(uint64_t *)d = all;
  while (bytes--) *d++ = value;
  return to;
}

int memcmp(const void *a, const void *b, size_t bytes) {
  const uint8_t *x = a, *y = b;
  for (; bytes--; x++, y++)
    if (*x != *y) return *x - *y;
  return 0;
}

void copy(void *to, const void *from, uint64_t bytes) { memcpy(to, from, bytes); }
bool bytes_equal(const void *a, const void *b, uint64_t bytes) { return memcmp(a, b, bytes) == 0; }

bool text_equal(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

uint64_t text_length(const char *text) {
  uint64_t length = 0;
  while (text[length]) length++;
  return length;
}

const char *word_value(const char *line, const char *name, uint64_t *length) {
  uint64_t name_length = text_length(name);
  for (const char *at = line; *at;) {
    const char *end = at;
    while (*end && *end != ' ') end++;
    if ((uint64_t)(end - at) > name_length && bytes_equal(at, name, name_length) && at[name_length] == '=') {
      *length = end - at - name_length - 1;
      return at + name_length + 1;
    }
    at = *end ? end + 1 : end;
  }
  return NULL;
}

bool word_is(const char *line, const char *name, const char *value) {
  uint64_t length;
  const char *found = word_value(line, name, &length);
  return found && length == text_length(value) && bytes_equal(found, value, length);
}

int64_t text_number(const char **at, const char *end) {
  if (*at == end || **at < '0' || **at > '9') return -1;
  int64_t value = 0;
  for (; *at < end && **at >= '0' && **at <= '9' && value < INT32_MAX; (*at)++) value = 10 * value + (**at - '0');
  return value;
}
