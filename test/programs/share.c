/*
 * One vector hart, and a thread that never leaves it by itself: it computes until another thread, which needs the hart too, has had its turn.
 * Exits with 0 when both got what they needed.
 */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>

static volatile int computes, done;

static uint64_t vector_add(uint64_t a, uint64_t b) {
  uint64_t c;
  __asm__ volatile(".option push\n.option arch, +v\n"
                   "vsetivli t0, 2, e64, m1, ta, ma\nvmv.v.x v8, %1\nvadd.vx v8, v8, %2\nvmv.x.s %0, v8\n.option pop"
                   : "=r"(c)
                   : "r"(a), "r"(b)
                   : "t0");
  return c;
}

static void *forever(void *argument) {
  uint64_t sum = 0, rounds = 0;
  while (!done) {
    sum = vector_add(sum, 3);
    rounds++;
    computes = 1;
  }
  *(uint64_t *)argument = sum - 3 * rounds;
  return NULL;
}

int main(void) {
  pthread_t thread;
  uint64_t wrong = 1;
  pthread_create(&thread, NULL, forever, &wrong);
  while (!computes) sched_yield();
  uint64_t mine = vector_add(40, 2);
  done = 1;
  pthread_join(thread, NULL);
  printf("share: %lu, off by %lu\n", (unsigned long)mine, (unsigned long)wrong);
  return mine != 42 || wrong;
}
