/*
 * Cycles, read by the program itself. `harts N R`: N threads with R rounds of their own work each, all at once, as a percentage of one alone.
 * `share N R`: the same for rounds of vector work and a system call, and as much work at home.
 * `move A B`: one sched_setaffinity that moves the caller from hart A to hart B.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 64, MOVES = 200 };

static uint64_t cycles(void) {
  uint64_t c;
  __asm__ volatile("rdcycle %0" : "=r"(c));
  return c;
}

static pthread_barrier_t all;
static uint64_t rounds, from[MOST], to[MOST];

static int vectors;
static void one_round(void) {
  for (long left = 1000; left; left--) __asm__ volatile("" : "+r"(left));
  if (!vectors) return;
  long left = 1000;
  __asm__ volatile(".option push\n.option arch, +v\nvsetivli t0, 4, e32, m1, ta, ma\n"
                   "1: vadd.vi v8, v8, 1\naddi %0, %0, -1\nbnez %0, 1b\n.option pop"
                   : "+r"(left)::"t0");
  getppid();
}

static void *work(void *number) {
  uint64_t n = (uint64_t)number;
  pthread_barrier_wait(&all);
  from[n] = cycles();
  for (uint64_t i = 0; i < rounds; i++) one_round();
  to[n] = cycles();
  return NULL;
}

/** From the first one's start to the last one's end. */
static uint64_t span(int threads) {
  pthread_t ids[MOST];
  pthread_barrier_init(&all, NULL, threads);
  for (uint64_t i = 0; i < threads; i++) pthread_create(&ids[i], NULL, work, (void *)i);
  for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
  uint64_t first = ~0ull, last = 0;
  for (int i = 0; i < threads; i++) {
    if (from[i] < first) first = from[i];
    if (to[i] > last) last = to[i];
  }
  return last - first;
}

static void move_to(int hart) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(hart, &set);
  sched_setaffinity(0, sizeof set, &set);
}

int main(int argc, char **argv) {
  if (argc < 4) return 1;
  int a = atoi(argv[2]), b = atoi(argv[3]);
  if (strcmp(argv[1], "move")) {
    vectors = !strcmp(argv[1], "share");
    rounds = b;
    uint64_t alone = span(1);
    printf("%lu\n", 100 * span(a) / alone);
    return 0;
  }
  move_to(a);
  move_to(b);
  uint64_t start = cycles(), wrong = 0;
  for (int i = 0; i < MOVES; i++) {
    move_to(a);
    wrong += sched_getcpu() != a;
    move_to(b);
    wrong += sched_getcpu() != b;
  }
  printf("%lu cycles, %lu wrong\n", (cycles() - start) / (2 * MOVES), wrong);
  return 0;
}
