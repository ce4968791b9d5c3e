// Calling conventions: variable arguments, structures by value, many arguments, function pointers, deep frames.
#include <alloca.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct small { int a; float b; };
struct large { long v[9]; };

__attribute__((noinline)) static long total(int count, ...) {
  va_list list;
  va_start(list, count);
  long sum = 0;
  for (int i = 0; i < count; i++) sum += i & 1 ? va_arg(list, long) : va_arg(list, int);
  va_end(list);
  return sum;
}

__attribute__((noinline)) static struct small turn(struct small s) { return (struct small){(int)s.b, (float)s.a}; }
__attribute__((noinline)) static struct large grow(struct large l) {
  for (int i = 0; i < 9; i++) l.v[i] *= i;
  return l;
}
__attribute__((noinline)) static int many(int a, double b, int c, float d, long e, char f, short g, int h, int i, int j, double k) {
  return a + (int)b * 2 + c * 3 + (int)d * 4 + (int)e * 5 + f + g + h * 8 + i * 9 + j * 10 + (int)k;
}
__attribute__((noinline)) static int deep(int n) {
  volatile char room[5000];
  room[n] = (char)n;
  char *more = alloca((size_t)n * 16 + 1);
  more[n] = 1;
  return n ? deep(n - 1) + room[n] + more[n] : 0;
}
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int main(void) {
  int list[] = {42, -5, 17, 0, 99, 3};
  qsort(list, 6, sizeof *list, compare);
  for (int i = 0; i < 6; i++) printf("%d ", list[i]);
  struct large l = {{1, 2, 3, 4, 5, 6, 7, 8, 9}};
  l = grow(l);
  struct small s = turn((struct small){3, 4.5f});
  printf("%ld %d %.1f %ld %d %d\n", total(4, 1, 20L, 300, 4000L), s.a, s.b, l.v[8], many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), deep(60));
  return 0;
}
