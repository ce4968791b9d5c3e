/* A function that returns early: optimised, its second statement is behind a branch. */
#include <stdio.h>

__attribute__((noinline)) static int deep(int n) {
  if (n < 2)
    return 1;
  printf("%d\n", n);
  return n * 3;
}

__attribute__((noinline)) static int single(int n) { return n + 40; }

int main(int argc, char **argv) {
  (void)argv;
  printf("%d\n", single(argc));
  return deep(argc) + deep(argc + 4);
}
