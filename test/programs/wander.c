/* One thread goes from hart to hart and changes its memory on each; no hart may remember what another one changed. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>

enum { PAGE = 4096, ROUNDS = 8 };

static void go(int hart) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(hart, &set);
  sched_setaffinity(0, sizeof set, &set);
}

int main(void) {
  int wrong = 0;
  volatile int *data = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  unsigned *code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int round = 1; round <= ROUNDS; round++)
    for (int hart = 0; hart < 2; hart++) {
      go(hart);
      mmap((void *)data, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
      if (*data != 0) wrong++; /* a new page */
      *data = round;
      code[0] = 0x00000513 | (2 * round + hart) << 20; /* li a0, ... */
      code[1] = 0x00008067;                            /* ret */
      __builtin___clear_cache((char *)code, (char *)(code + 2));
      if (((int (*)(void))code)() != 2 * round + hart) wrong++;
      go(!hart);
      if (*data != round) wrong++;
      if (((int (*)(void))code)() != 2 * round + hart) wrong++;
    }
  printf("%d wrong\n", wrong);
  return wrong;
}
