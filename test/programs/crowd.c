/* More threads than any queue has places for, each of which goes away and comes back many times; then an exit while some are away. */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 24, ROUNDS = 10 };

static uint64_t vector_add(uint64_t a, uint64_t b) {
  uint64_t c;
  __asm__ volatile(".option push\n.option arch, +v\n"
                   "vsetivli t0, 2, e64, m1, ta, ma\nvmv.v.x v8, %1\nvadd.vx v8, v8, %2\nvmv.x.s %0, v8\n.option pop"
                   : "=r"(c)
                   : "r"(a), "r"(b)
                   : "t0");
  return c;
}

static void *work(void *argument) {
  uint64_t sum = (uintptr_t)argument;
  for (uint64_t round = 1; round <= ROUNDS; round++) {
    sum = vector_add(sum, round);
    if (round % 3 == 0) sched_yield();
    else getppid();
  }
  return (void *)sum;
}

static volatile int started;

static void *forever(void *unused) {
  (void)unused;
  __atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
  for (;;) __asm__ volatile(".option push\n.option arch, +v\nvsetivli t0, 2, e64, m1, ta, ma\n.option pop" ::: "t0");
}

int main(void) {
  pthread_t threads[THREADS];
  for (uintptr_t i = 0; i < THREADS; i++)
    if (pthread_create(&threads[i], NULL, work, (void *)i)) return 2;
  uint64_t total = 0;
  for (int i = 0; i < THREADS; i++) {
    void *sum;
    pthread_join(threads[i], &sum);
    total += (uintptr_t)sum;
  }
  printf("%d threads: %lu\n", THREADS, (unsigned long)total);
  fflush(stdout);
  for (int i = 0; i < 12; i++) pthread_create(&threads[i], NULL, forever, NULL);
  while (started < 12) sched_yield();
  exit(5);
}
