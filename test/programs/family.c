/*
 * Many processes of several threads that use vectors, fork, fault, signal and kill each other at random (argument: the seed), in rounds.
 * After each round everyone has been waited for, and as much memory is free as before.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 4, CHILDREN = 6, GRANDCHILDREN = 2, THREADS = 3, WRONG = 77 };

static uint64_t state;
static unsigned below(unsigned n) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state % n;
}

/** Sums 1 to n in lanes, which must survive whatever interrupts it. @return false when they did not */
static int sum_of(uint64_t n) {
  uint64_t low, high;
  __asm__ volatile(".option push\n.option arch, +v\n"
                   "vsetivli t0, 2, e64, m1, ta, ma\nvmv.v.i v8, 0\nmv t1, %2\n"
                   "1: vadd.vx v8, v8, t1\naddi t1, t1, -1\nbnez t1, 1b\n"
                   "vmv.x.s %0, v8\nvslidedown.vi v9, v8, 1\nvmv.x.s %1, v9\n.option pop"
                   : "=r"(low), "=r"(high)
                   : "r"(n)
                   : "t0", "t1");
  return low == n * (n + 1) / 2 && high == low;
}

static void check(uint64_t n) {
  if (!sum_of(n)) _exit(WRONG);
}

static volatile int handled;
static void on_signal(int signo) {
  if (handled++ % 2) check(20); /* in the middle of the other sum */
}

static void *works(void *argument) {
  volatile char *memory = mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (unsigned i = 0; i < (uintptr_t)argument; i++) {
    check(1 + i * 7 % 300);
    memory[i % 16 * 4096] = 1;
    if (i % 5 == 2) sched_yield();
    if (i % 7 == 3) usleep(20);
    if (i % 11 == 5) kill(getppid(), 0);
  }
  return NULL;
}

/** What a child is and does follows from the generator as it was when it was made. */
static void live(int depth) {
  pthread_t threads[THREADS];
  unsigned count = below(THREADS + 1), how = below(8);
  signal(SIGUSR1, on_signal);
  for (unsigned i = 0; i < count; i++) pthread_create(&threads[i], NULL, works, (void *)(uintptr_t)(4 + below(30)));
  for (int i = 0; depth == 0 && i < GRANDCHILDREN; i++) {
    pid_t child = fork();
    if (child == 0) live(depth + 1);
    if (below(2)) kill(child, below(2) ? SIGUSR1 : SIGTERM);
    if (below(2)) wait(NULL); /* the others become orphans */
  }
  works((void *)(uintptr_t)(1 + below(20)));
  kill(0, below(4) ? 0 : SIGUSR1);
  if (how == 0) *(volatile int *)16 = 1;
  if (how == 1) abort();
  if (how == 2) kill(getpid(), SIGKILL);
  if (how > 4)
    for (unsigned i = 0; i < count; i++) pthread_join(threads[i], NULL);
  exit(0); /* with threads wherever they are */
}

static unsigned long free_bytes(void) {
  struct sysinfo info;
  usleep(1000); /* for harts that idle in the address space of who ran there last */
  sysinfo(&info);
  return info.freeram;
}

static int rounds_run, ended, wrong;

static void round_of(void) {
  pid_t children[CHILDREN];
  int status;
  for (int i = 0; i < CHILDREN; i++) {
    children[i] = fork();
    if (children[i] == 0) live(0);
    below(16);
  }
  for (int i = 0; i < 8; i++) {
    static const int signals[] = {SIGUSR1, SIGUSR1, SIGKILL, SIGTERM};
    kill(children[below(CHILDREN)], signals[below(4)]);
    usleep(below(300));
  }
  while (wait(&status) > 0) {
    ended++;
    wrong += WIFEXITED(status) ? WEXITSTATUS(status) != 0 : !strchr("\6\11\12\13\17", WTERMSIG(status));
  }
  rounds_run++;
}

int main(int argc, char **argv) {
  state = (argc > 1 ? strtoull(argv[1], NULL, 0) : 1) * 2654435761u + 1;
  signal(SIGUSR1, SIG_IGN); /* of the group */
  setvbuf(stdout, NULL, _IONBF, 0);
  check(10);
  printf("begins\n");
  unsigned long before = 0;
  int lost = 0;
  for (int i = 0; i < ROUNDS; i++) {
    round_of();
    if (i && free_bytes() != before) lost++;
    before = free_bytes();
  }
  printf("%d rounds, %d of too few, %d wrong, %d times less memory\n", rounds_run, ended < ROUNDS * CHILDREN, wrong, lost);
  return 0;
}
