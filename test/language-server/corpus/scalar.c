#include "corpus.h"
/* No vectors at all, unless a compiler finds some. */
__attribute__((noinline)) static u64 collatz(u64 n) {
  u64 steps = 0;
  while (n != 1) {
    n = n & 1 ? 3 * n + 1 : n / 2;
    steps++;
    if (steps % 50 == 0) tick();
  }
  return steps;
}
int main(void) { return collatz(27) != 111; }
