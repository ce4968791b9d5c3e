/*
 * Threads that use two accelerators in turn: vectors, and dot products of bytes (Xhartdot, by the formats of its instructions). Each keeps sums in
 * both and knows what they must be. Signals come in between, whose handler uses the dot-product unit itself.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 5, ROUNDS = 12, PAGES = 3, PAGE = 4096 };
enum { KEEP_VECTOR = 0x4d494700 };

static int lost;
static volatile sig_atomic_t handled;

static void complain(const char *what, uint64_t seen, uint64_t expected) {
  printf("LOST %s: %lu instead of %lu\n", what, seen, expected);
  lost++;
}

/* d<n> = value and back; the accumulator, by its number. */
#define set(n, value) __asm__ volatile(".insn r 0x0b, 2, 0, x" #n ", %0, x0" ::"r"(value))
#define get(n)                                                                 \
  ({                                                                           \
    uint64_t value_;                                                           \
    __asm__ volatile(".insn r 0x0b, 2, 1, %0, x0, x" #n : "=r"(value_));       \
    value_;                                                                    \
  })
static void accumulate(uint64_t a, uint64_t b) { __asm__ volatile(".insn r 0x0b, 3, 0, x0, %0, %1" ::"r"(a), "r"(b)); }
static uint64_t accumulator(void) {
  uint64_t value;
  __asm__ volatile("csrr %0, 0x800" : "=r"(value));
  return value;
}

/* Uses the unit, and leaves it as a careless handler would. */
static void clobber(int signo) {
  (void)signo;
  set(0, 0xbadbadul);
  set(7, 0xbadbadul);
  accumulate(0x7f7f7f7f7f7f7f7f, 0x7f7f7f7f7f7f7f7f);
  handled++;
}

static uint64_t add_to_lanes(uint64_t value) {
  uint64_t lane;
  __asm__ volatile(".option push\n.option arch, +v\n"
                   "vsetivli zero, 4, e64, m2, ta, ma\n"
                   "vadd.vx v8, v8, %[value]\n"
                   "vslidedown.vi v10, v8, 3\n"
                   "vmv.x.s %[lane], v10\n"
                   ".option pop"
                   : [lane] "=r"(lane)
                   : [value] "r"(value));
  return lane;
}
static void clear_lanes(void) {
  __asm__ volatile(".option push\n.option arch, +v\nvsetivli zero, 4, e64, m2, ta, ma\nvmv.v.i v8, 0\n.option pop");
}

static void *work(void *argument) {
  uint64_t me = (uint64_t)argument + 1, ones = 0x0101010101010101;
  prctl(KEEP_VECTOR, 1);
  /* Pages that nobody has touched: the first store to each faults on the accelerator hart. */
  char *fresh = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  clear_lanes();
  set(0, me);
  set(7, ~me);
  for (uint64_t round = 1; round <= ROUNDS; round++) {
    accumulate(me, ones); /* its low byte */
    if (round <= PAGES) __asm__ volatile(".insn s 0x0b, 1, x7, 8(%0)" ::"r"(fresh + (round - 1) * PAGE) : "memory");
    uint64_t lane = add_to_lanes(me);
    if (lane != me * round) complain("vector lane", lane, me * round);
    if (round % 4 == 0) pthread_kill(pthread_self(), SIGUSR1);
    syscall(SYS_getpid);
    if (accumulator() != me * round) complain("accumulator", accumulator(), me * round);
    if (get(0) != me || get(7) != ~me) complain("scratchpad", get(0), me);
  }
  for (int page = 0; page < PAGES; page++) {
    uint64_t stored;
    memcpy(&stored, fresh + page * PAGE + 8, sizeof stored);
    if (stored != ~me) complain("stored word", stored, ~me);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[THREADS];
  struct sigaction action = {.sa_handler = clobber};
  sigaction(SIGUSR1, &action, NULL);
  for (uint64_t n = 0; n < THREADS; n++) pthread_create(&threads[n], NULL, work, (void *)n);
  for (int n = 0; n < THREADS; n++) pthread_join(threads[n], NULL);
  printf("%d threads, %d signals, %d lost\n", THREADS, (int)handled, lost);
  return lost;
}
