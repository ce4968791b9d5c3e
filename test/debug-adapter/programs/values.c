/* Values of many types, printed as a debugger should show them; each line of output is a name and its value. */
#include <stdbool.h>
#include <stdio.h>

enum colour { RED, GREEN = 5, BLUE };
typedef struct {
  unsigned ready : 1, mode : 3;
  int delta : 5;
  long wide : 40;
} flags_t;
union number {
  int i;
  float f;
};
struct node {
  int value;
  struct node *next;
  struct {
    short x, y;
  };
};

static int counter = 41;
long table[2][3] = {{1, 2, 3}, {4, 5, 6}};
const char *greeting = "hello";

__attribute__((noinline)) static void keep(const void *p) { asm volatile("" : : "r"(p) : "memory"); }

static int twice(int n) { return 2 * n; }

static inline __attribute__((always_inline)) int mix(int a, int b) {
  int mixed = a * 10 + b;
  keep(&mixed);
  return mixed; /* in mix */
}

__attribute__((noinline)) static int tail(int depth, long weight) {
  int doubled = twice(depth);
  if (depth > 0)
    return tail(depth - 1, weight + doubled) + 1;
  keep(&weight); /* in tail */
  return doubled;
}

__attribute__((noinline)) static int work(int n, double ratio, bool yes, const char *word) {
  enum colour colour = GREEN;
  flags_t flags = {.ready = 1, .mode = 5, .delta = -3, .wide = -123456789};
  union number pi = {.f = 3.5f};
  struct node last = {7, 0, {1, 2}}, first = {6, &last, {3, 4}};
  char text[8] = "abc";
  int (*function)(int) = twice;
  int row[n];
  for (int i = 0; i < n; i++)
    row[i] = i * i;
  unsigned char byte = 200;
  {
    int n = 99; /* hides the parameter */
    keep(&n);
    n++; /* inner */
  }
  keep(&colour), keep(&flags), keep(&pi), keep(&first), keep(text), keep(&function), keep(row), keep(&byte);
  printf("n=%d\nratio=%g\nyes=%s\ncolour=GREEN\nbyte=%d\ncounter=%d\n", n, ratio, yes ? "true" : "false", byte, counter);
  counter += function(n); /* all known */
  int m = mix(n, counter);
  printf("word=%s m=%d %d\n", word, m, tail(3, m));
  return m + row[n - 1] + colour + flags.mode + pi.i + first.next->value + text[0] + byte;
}

int main(int argc, char **argv) {
  (void)argv;
  return work(argc + 3, argc / 4.0, argc == 1, greeting) & 1;
}
