// Computed gotos, setjmp, nested loops, long functions whose branches reach far.
#include <setjmp.h>
#include <stdio.h>

static jmp_buf back;

__attribute__((noinline)) static int run(const unsigned char *code) {
  static const void *const labels[] = {&&push, &&add, &&mul, &&dup, &&end};
  int stack[20], *top = stack;
  goto *labels[*code];
push:
  *top++ = code[1];
  code += 2;
  goto *labels[*code];
add:
  top--;
  top[-1] += *top;
  goto *labels[*++code];
mul:
  top--;
  top[-1] *= *top;
  goto *labels[*++code];
dup:
  *top = top[-1];
  top++;
  goto *labels[*++code];
end:
  return top[-1];
}

__attribute__((noinline)) static void fail(int n) {
  if (n > 3) longjmp(back, n);
}

#define STEP(k) if ((n ^ (k)) % 7 == 3) s += n * (k); else if (s & (k)) s ^= 0x1234567 + (k); else s -= 4097 * (k);
#define MANY(k) STEP(k) STEP(k + 1) STEP(k + 2) STEP(k + 3) STEP(k + 4) STEP(k + 5) STEP(k + 6) STEP(k + 7)

__attribute__((noinline)) static long far(long n) {
  long s = 1;
  for (int i = 0; i < 20; i++) {
    if (n == 100) goto out;
    MANY(1) MANY(11) MANY(21) MANY(31) MANY(41) MANY(51) MANY(61) MANY(71) MANY(81) MANY(91)
    n++;
  }
out:
  return s;
}

int main(void) {
  int came = setjmp(back);
  if (!came)
    for (int i = 0;; i++) fail(i);
  printf("%d %d %ld %ld\n", run((const unsigned char[]){0, 5, 3, 2, 0, 7, 1, 3, 1, 4}), came, far(3), far(90));
  return 0;
}
