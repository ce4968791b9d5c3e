#include "corpus.h"
static long values[COUNT];
__attribute__((noinline)) static long largest(const long *from, int n) {
  long best = from[0];
  for (int i = 1; i < n; i++) best = from[i] > best ? from[i] : best;
  return best;
}
__attribute__((noinline)) static int count(const long *from, int n, long limit) {
  int found = 0;
  for (int i = 0; i < n; i++) found += from[i] > limit;
  return found;
}
int main(void) {
  for (int i = 0; i < COUNT; i++) values[i] = (i * 38) % COUNT;
  long top = largest(values, COUNT);
  tick();
  return top != COUNT - 1 || count(values, COUNT, 99) != COUNT - 100;
}
