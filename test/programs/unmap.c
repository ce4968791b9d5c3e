/* Memory goes and comes while another thread of the address space is in a vector loop, which must not notice. */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

enum { PAGES = 4, ROUNDS = 20 };
static volatile int spinning, stop;

static void *spin(void *unused) {
  (void)unused;
  uint64_t count = 0, lane;
  __asm__ volatile(".option push\n.option arch, +v\n"
                   "vsetivli zero, 2, e64, m1, ta, ma\n"
                   "vmv.v.i v31, 0\n"
                   "li t0, 1\n"
                   "sw t0, (%[spinning])\n"
                   "1: vadd.vi v31, v31, 1\n"
                   "addi %[count], %[count], 1\n"
                   "lw t0, (%[stop])\n"
                   "beqz t0, 1b\n"
                   "vmv.x.s %[lane], v31\n"
                   ".option pop\n"
                   : [count] "+r"(count), [lane] "=&r"(lane)
                   : [spinning] "r"(&spinning), [stop] "r"(&stop)
                   : "t0", "memory");
  return (void *)(uintptr_t)(lane == count);
}

int main(void) {
  pthread_t thread;
  void *same;
  pthread_create(&thread, NULL, spin, NULL);
  while (!spinning) sched_yield();
  unsigned sum = 0;
  for (int round = 0; round < ROUNDS; round++) {
    unsigned char *m = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < PAGES; i++) m[i * 4096] += (unsigned char)round;
    for (int i = 0; i < PAGES; i++) sum += m[i * 4096];
    munmap(m, PAGES * 4096);
  }
  stop = 1;
  pthread_join(thread, &same);
  printf("sum %u, the other thread's registers are %s\n", sum, same ? "whole" : "LOST");
  return 0;
}
