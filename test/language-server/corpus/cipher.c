#include "corpus.h"
static u32 state[64], text[64];
__attribute__((noinline)) static void rounds(u32 *s, const u32 *t, int times) {
  for (int r = 0; r < times; r++)
    for (int i = 0; i < 64; i++) {
      u32 v = s[i] + t[i];
      v ^= v << 13;
      v ^= v >> 17;
      s[i] = v ^ (v << 5);
    }
}
int main(void) {
  fill(text, sizeof text, 3);
  for (int r = 0; r < 4; r++) {
    rounds(state, text, 5);
    tick();
  }
  return state[0] == 0;
}
