/*
 * Fresh pages are zero whoever had them before and whenever they were cleared, and all memory can be used. Says how many pages could be
 * touched before none was left; then, on a line of its own, in how many cycles 64 pages are touched when there was time to clear some.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 600, ROUNDS = 3, TIMED = 64, ALL = 16384, MOST = 4500 /* of memory */ };

static unsigned char *fresh(unsigned pages) {
  return mmap(NULL, (size_t)pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static unsigned long free_memory(void) {
  struct sysinfo info;
  sysinfo(&info);
  return info.freeram * info.mem_unit;
}

static void rest(void) { nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL); }

static uint64_t cycles(void) {
  uint64_t now;
  __asm__ volatile("rdcycle %0" : "=r"(now)::"memory");
  return now;
}

static int all_zero(const unsigned char *m) { return m[0] == 0 && memcmp(m, m + 1, PAGE - 1) == 0; }

/* In a process of its own, touch pages until there are no more: the first so many are copies of this one's. */
static void use_all(unsigned char *memory, unsigned shared) {
  int told[2], status;
  unsigned touched = 0, dirty = 0;
  pipe(told);
  for (unsigned i = 0; i < shared; i++) memory[i * PAGE] = 1;
  if (!fork())
    for (unsigned i = 0; i < ALL; i++) {
      char is_dirty = i >= shared && !all_zero(memory + i * PAGE);
      memory[i * PAGE] = 1;
      write(told[1], &is_dirty, 1);
    }
  close(told[1]);
  for (char is_dirty; read(told[0], &is_dirty, 1) == 1; touched++) dirty += is_dirty;
  close(told[0]);
  wait(&status);
  printf("%u dirty, %u touched, killed by %d\n", dirty, touched, WTERMSIG(status));
}

int main(void) {
  unsigned char *memory = fresh(ALL);
  unsigned dirty = 0;
  for (int round = 0; round < ROUNDS; round++) {
    unsigned char *m = fresh(PAGES);
    for (unsigned i = 0; i < PAGES; i++) dirty += !all_zero(m + i * PAGE);
    memset(m, 0xa5, (size_t)PAGES * PAGE);
    munmap(m, (size_t)PAGES * PAGE);
    if (round) rest();
  }
  printf("%u dirty\n", dirty);
  use_all(memory, 0);
  unsigned long before = free_memory(); /* what this process itself needs it has now */
  use_all(memory, 0);
  printf("%ld lost\n", (long)(before - free_memory()) / PAGE);
  use_all(memory, MOST);
  rest();
  uint64_t start = cycles();
  for (unsigned i = 0; i < TIMED; i++) memory[(MOST + i) * PAGE] = 1;
  printf("%lu\n", (unsigned long)(cycles() - start));
  return 0;
}
