/*
 * forks OPERATIONS WORKERS: threads store to their pages without a pause while another forks. Their stores must not show in the child, nor
 * the child's in the parent; and what the parent writes while the child shares the page every thread must see.
 *
 * Whatever makes harts forget translations hides that another fence is missing. So the threads make no system call and touch two pages
 * only, and the parent touches no memory for a while after it has forked: its first store would be a copy on write, with a fence.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, MOST_WORKERS = 8, LANES = 8, PAUSE = 3000, PATIENCE = 100000, BAD = 0xbad };

struct own {
  uint32_t count[LANES], seen;
};
static volatile struct own *own[MOST_WORKERS]; /* a page each */
static volatile uint32_t *word;                /* a page that all read; 0: stop */
static volatile unsigned changed;

#define VECTOR(text) ".option push\n.option arch, +v\n" text "\n.option pop\n"

/* Store a count, load it again, tell which word is seen; until that is 0. */
static void *work(void *number) {
  volatile struct own *mine = own[(long)number];
  uint64_t others = 0;
  __asm__ volatile(VECTOR("vsetivli zero, 8, e32, m1, ta, ma\n"
                          "vmv.v.i v8, 0\n"
                          "1: vadd.vi v8, v8, 1\n"
                          "vse32.v v8, (%1)\n"
                          "vle32.v v9, (%1)\n"
                          "vmsne.vv v10, v8, v9\n"
                          "vcpop.m t1, v10\n"
                          "add %0, %0, t1\n"
                          "lw t0, (%2)\n"
                          "sw t0, 32(%1)\n"
                          "bnez t0, 1b")
                   : "+r"(others)
                   : "r"(mine), "r"(word)
                   : "t0", "t1", "memory");
  if (others) __atomic_fetch_add(&changed, 1, __ATOMIC_SEQ_CST);
  return NULL;
}

static void pause_in_registers(void) {
  __asm__ volatile("li t0, %0\n1: addi t0, t0, -1\nbnez t0, 1b" ::"i"(PAUSE) : "t0");
}

static void child(int workers) {
  uint32_t count[MOST_WORKERS], before = *word;
  for (int n = 0; n < workers; n++) count[n] = own[n]->count[0];
  pause_in_registers();
  for (int n = 0; n < workers; n++)
    if (own[n]->count[0] != count[n]) _exit(1);
  for (int n = 0; n < workers; n++) own[n]->count[0] = own[n]->count[LANES - 1] = BAD;
  pause_in_registers();
  for (int n = 0; n < workers; n++)
    if (own[n]->count[0] != BAD || own[n]->count[LANES - 1] != BAD) _exit(2);
  if (*word != before) _exit(3);
  *word = BAD;
  _exit(0);
}

/* fork(2), after which the parent touches no memory for three pauses. */
static long quiet_fork(void) {
  register long a0 __asm__("a0") = SIGCHLD, a1 __asm__("a1") = 0, a2 __asm__("a2") = 0, a3 __asm__("a3") = 0, a4 __asm__("a4") = 0,
                a7 __asm__("a7") = 220;
  __asm__ volatile("ecall\nbeqz a0, 2f\nli t0, 3 * %6\n1: addi t0, t0, -1\nbnez t0, 1b\n2:"
                   : "+r"(a0)
                   : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a7), "i"(PAUSE)
                   : "t0", "memory");
  return a0;
}

static int all_see(uint32_t value, int workers) {
  for (int n = 0; n < workers; n++)
    for (int patience = PATIENCE; own[n]->seen != value; patience--) {
      if (!patience) return 0;
      sched_yield();
    }
  return 1;
}

int main(int argc, char **argv) {
  int operations = atoi(argv[1]), workers = atoi(argv[2]);
  pthread_t threads[MOST_WORKERS];
  unsigned shown[4] = {0}, unseen = 0;
  char *region = mmap(NULL, (MOST_WORKERS + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  word = (uint32_t *)(region + MOST_WORKERS * PAGE);
  *word = 1;
  for (long n = 0; n < workers; n++) {
    own[n] = (struct own *)(region + n * PAGE);
    pthread_create(&threads[n], NULL, work, (void *)n);
  }
  for (int n = 0; n < operations && !unseen; n++) {
    unseen += !all_see(*word, workers); /* they are at it */
    long pid = quiet_fork();
    if (!pid) child(workers);
    *word += 1;
    unseen += !all_see(*word, workers);
    int status;
    waitpid((pid_t)pid, &status, 0);
    shown[WIFEXITED(status) && WEXITSTATUS(status) < 4 ? WEXITSTATUS(status) : 0]++;
  }
  *word = 0;
  for (int n = 0; n < workers && !unseen; n++) pthread_join(threads[n], NULL);
  printf("%u children whole, %u saw stores of the parent, %u lost their own, %u another word; %u words of the parent's unseen, %u threads changed\n",
         shown[0], shown[1], shown[2], shown[3], unseen, changed);
  exit(0);
}
