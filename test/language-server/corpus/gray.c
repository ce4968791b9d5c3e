#include "corpus.h"
static u8 rgb[3 * COUNT], gray[COUNT];
__attribute__((noinline)) static void convert(const u8 *from, u8 *to, int n) {
  for (int i = 0; i < n; i++) to[i] = (u8)((77 * from[3 * i] + 150 * from[3 * i + 1] + 29 * from[3 * i + 2]) >> 8);
}
int main(void) {
  for (int i = 0; i < 3 * COUNT; i++) rgb[i] = 200;
  convert(rgb, gray, COUNT);
  tick_here();
  return gray[7] != 200;
}
