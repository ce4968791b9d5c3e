#include "corpus.h"
static short in[COUNT + 8], out[COUNT];
static const short taps[8] = {1, 2, 3, 4, 4, 3, 2, 1};
__attribute__((noinline)) static void filter(const short *from, short *to, int n) {
  for (int i = 0; i < n; i++) {
    int sum = 0;
    for (int k = 0; k < 8; k++) sum += from[i + k] * taps[k];
    to[i] = (short)(sum >> 2);
  }
}
int main(void) {
  for (int i = 0; i < COUNT + 8; i++) in[i] = 4;
  filter(in, out, COUNT);
  tick();
  filter(in, out, COUNT);
  return out[5] != 20;
}
