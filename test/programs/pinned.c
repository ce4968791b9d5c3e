/* The way without migration: pins itself to the hart that its argument names, then uses vector instructions there. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(argc > 1 ? atoi(argv[1]) : 0, &set);
  if (sched_setaffinity(0, sizeof set, &set)) {
    perror("sched_setaffinity");
    return 1;
  }
  printf("on hart %d\n", sched_getcpu());
  fflush(stdout);
  long lane = 0;
  for (int i = 0; i < 10; i++) {
    __asm__ volatile(".option push\n.option arch, +v\nvsetivli t0, 2, e64, m1, ta, ma\nvmv.v.x v8, %0\nvadd.vi v8, v8, 1\n"
                     "vmv.x.s %0, v8\n.option pop"
                     : "+r"(lane)::"t0");
    sched_yield();
  }
  printf("vector sum %ld\n", lane);
  return 0;
}
