#include "corpus.h"
static u8 a[COUNT], b[COUNT];
__attribute__((noinline)) static void reverse(const u8 *from, u8 *to, int n) {
  for (int i = 0; i < n; i++) to[n - 1 - i] = from[i];
}
__attribute__((noinline)) static u64 sum(const u8 *from, int n) {
  u64 all = 0;
  for (int i = 0; i < n; i++) all += from[i];
  return all;
}
int main(void) {
  fill(a, sizeof a, 1);
  u64 before = sum(a, COUNT);
  tick();
  reverse(a, b, COUNT);
  tick_here();
  return sum(b, COUNT) != before;
}
