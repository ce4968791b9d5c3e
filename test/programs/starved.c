/* Calls that find no memory (the boot word memory.fail=) say so, change nothing, and do well when asked again; nothing is lost. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, HUGE = 2 << 20, OUT = 21 };

#define AGAIN(call, failed)                                                                                            \
  ({                                                                                                                   \
    long result_ = (long)(call);                                                                                       \
    if (result_ == -1) {                                                                                               \
      if (errno != ENOMEM && errno != EAGAIN) exit(10);                                                                \
      failed;                                                                                                          \
      result_ = (long)(call);                                                                                          \
    }                                                                                                                  \
    if (result_ == -1) exit(11);                                                                                       \
    result_;                                                                                                           \
  })

static void expect(int condition, int status) {
  if (!condition) exit(status);
}

static long free_pages(void) {
  struct sysinfo info;
  sysinfo(&info);
  return (long)(info.freeram / PAGE);
}

static int pages_hold(const char *m, int from, int to) {
  for (int i = from; i < to; i++)
    if (m[i * PAGE] != i + 1) return 0;
  return 1;
}

static void round_trip(void) {
  char *m = (char *)AGAIN(mmap(NULL, 16 * PAGE, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), );
  for (int i = 0; i < 16; i++) m[i * PAGE] = (char)(i + 1);
  AGAIN(mprotect(m + 4 * PAGE, 2 * PAGE, PROT_READ), m[4 * PAGE] = 5); /* refused: may still be written to */
  expect(pages_hold(m, 0, 16), 12);
  AGAIN(mprotect(m + 4 * PAGE, 2 * PAGE, 3), );
  AGAIN(madvise(m, 16 * PAGE, OUT), );
  expect(pages_hold(m, 0, 16), 13);
  m = (char *)AGAIN(mremap(m, 16 * PAGE, 600 * PAGE, MREMAP_MAYMOVE), expect(pages_hold(m, 0, 16), 14));
  m[599 * PAGE] = 1;
  expect(pages_hold(m, 0, 16), 15);
  AGAIN(munmap(m + 8 * PAGE, PAGE), expect(m[8 * PAGE] == 9, 16));
  expect(pages_hold(m, 0, 8) && pages_hold(m, 9, 16), 17);
  char *over = (char *)AGAIN(mmap(m + 2 * PAGE, PAGE, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), expect(m[2 * PAGE] == 3, 18));
  expect(over[0] == 0, 19);

  char *h = (char *)AGAIN(mmap(NULL, HUGE, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), );
  AGAIN(madvise(h, HUGE, MADV_HUGEPAGE), );
  for (int i = 0; i < 10; i++) h[i * PAGE] = (char)(i + 1);
  AGAIN(mprotect(h + 5 * PAGE, PAGE, PROT_READ), );
  expect(pages_hold(h, 0, 10), 20);

  int status;
  pid_t child = (pid_t)AGAIN(fork(), expect(pages_hold(h, 0, 10), 21));
  if (child == 0) {
    h[0] = 99;
    m[0] = 99;
    _exit(pages_hold(h, 1, 10) && pages_hold(m, 3, 8) ? 0 : 1);
  }
  expect(waitpid(child, &status, 0) == child, 22);
  /* The child may have met the request that found no memory: then it was killed. */
  expect(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == 9), 23);
  expect(pages_hold(h, 0, 10) && m[0] == 1, 24);
  h[0] = 1;
  AGAIN(munmap(h, HUGE), );
  AGAIN(munmap(m, 600 * PAGE), );
}

int main(void) {
  long after[3];
  for (int i = 0; i < 3; i++) {
    round_trip();
    after[i] = free_pages();
  }
  printf("%s\n", after[0] == after[1] && after[1] == after[2] ? "nothing lost" : "LOST");
  return 0;
}
