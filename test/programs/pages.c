/* Pages under a program's control: huge ones, stored ones, locked ones; errors of the calls as Linux gives them; faults counted. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum { PAGE = 4096, HUGE = 2 << 20 };

static char *map(size_t bytes) {
  char *m = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (m == MAP_FAILED) exit(1);
  return m;
}

static struct rusage usage;
static void begin(void) { getrusage(RUSAGE_SELF, &usage); }
/** Faults since begin(). */
static void faults(const char *what) {
  struct rusage now;
  getrusage(RUSAGE_SELF, &now);
  printf("%s: %ld minor, %ld major faults\n", what, now.ru_minflt - usage.ru_minflt, now.ru_majflt - usage.ru_majflt);
}

static int resident(char *at, size_t bytes) {
  static unsigned char there[HUGE / PAGE * 4];
  int count = 0;
  if (mincore(at, bytes, there)) return -1;
  for (size_t i = 0; i < (bytes + PAGE - 1) / PAGE; i++) count += there[i];
  return count;
}

static unsigned long free_pages(void) {
  struct sysinfo info;
  sysinfo(&info);
  return info.freeram / PAGE;
}

static sigjmp_buf back;
static void fault(int signo) { siglongjmp(back, signo); }
static const char *try(volatile char *at, int write) {
  if (sigsetjmp(back, 1)) return "fault";
  if (write) *at = 1;
  else (void)*at;
  return "fine";
}

static void fill(char *m, size_t bytes, unsigned seed) {
  for (size_t i = 0; i < bytes; i += PAGE) *(unsigned *)(m + i) = seed + (unsigned)(i / PAGE);
}
static int holds(const char *m, size_t bytes, unsigned seed) {
  for (size_t i = 0; i < bytes; i += PAGE)
    if (*(unsigned *)(m + i) != seed + (unsigned)(i / PAGE)) return 0;
  return 1;
}

static void error(const char *what, long result) { printf("%s: %s\n", what, result == -1 ? strerror(errno) : "fine"); }

static void huge(void) {
  char *m = map(2 * HUGE);
  printf("aligned: %d\n", (unsigned long)m % HUGE == 0);
  unsigned long before = free_pages();
  madvise(m, 2 * HUGE, MADV_HUGEPAGE);
  begin();
  fill(m, 2 * HUGE, 7);
  faults("huge pages touched");
  printf("taken: %d, %d resident\n", before - free_pages() - 2 * HUGE / PAGE < 8, resident(m, 2 * HUGE));
  /* taken apart */
  begin();
  munmap(m + 3 * PAGE, PAGE);
  mprotect(m + 5 * PAGE, PAGE, PROT_READ);
  mprotect(m + 6 * PAGE, PAGE, PROT_NONE);
  printf("hole %s, read-only %s %s, no access %s, rest %s\n", try(m + 3 * PAGE, 0), try(m + 5 * PAGE, 0), try(m + 5 * PAGE, 1),
         try(m + 6 * PAGE, 0), try(m + 7 * PAGE, 1));
  mprotect(m + 6 * PAGE, PAGE, PROT_READ | PROT_WRITE);
  printf("kept: %d %d %d\n", *(int *)(m + 2 * PAGE) == 9, *(int *)(m + 6 * PAGE) == 13, holds(m + HUGE, HUGE, 7 + HUGE / PAGE));
  /* the second, whole: protected, moved, discarded */
  char *second = m + HUGE;
  mprotect(second, HUGE, PROT_READ);
  printf("whole read-only: %s %s\n", try(second + 9 * PAGE, 0), try(second + 9 * PAGE, 1));
  mprotect(second, HUGE, PROT_READ | PROT_WRITE);
  char *place = map(3 * HUGE);
  begin();
  second = mremap(second, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, place);
  printf("moved: %d\n", second == place && holds(second, HUGE, 7 + HUGE / PAGE));
  second = mremap(second, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, place + HUGE + 5 * PAGE);
  printf("moved where it can't be huge: %d\n", holds(second, HUGE, 7 + HUGE / PAGE));
  faults("moving");
  madvise(second + PAGE, HUGE - 2 * PAGE, MADV_DONTNEED);
  printf("discarded: %d, ends %d %d\n", second[PAGE] | second[HUGE - 2 * PAGE], *(int *)second, *(int *)(second + HUGE - PAGE));
  munmap(place, 3 * HUGE);
  munmap(m, 2 * HUGE);
}

static void stored(void) {
  char *m = map(8 * PAGE), *random = m + 3 * PAGE;
  unsigned x = 1;
  fill(m, 2 * PAGE, 40);
  m[2 * PAGE] = 1, m[2 * PAGE] = 0;
  for (int i = 0; i < PAGE; i++) random[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
  memset(m + 4 * PAGE, 0x5a, PAGE);
  unsigned long before = free_pages();
  error("page out", madvise(m, 8 * PAGE, MADV_PAGEOUT));
  printf("resident: %d, pages won: %d\n", resident(m, 8 * PAGE), free_pages() > before);
  begin();
  int same = holds(m, 2 * PAGE, 40) && m[2 * PAGE] == 0, filled = m[4 * PAGE] == 0x5a && m[5 * PAGE - 1] == 0x5a;
  x = 1;
  for (int i = 0; i < PAGE; i++) same &= random[i] == (char)((x = x * 1664525 + 1013904223) >> 24);
  printf("came back: %d %d\n", same, filled);
  faults("coming back");
  /* other calls meet stored pages */
  madvise(m, 8 * PAGE, MADV_PAGEOUT);
  mprotect(m, PAGE, PROT_READ);
  printf("stored, then read-only: %s %s\n", try(m, 0), try(m, 1));
  char *moved = mremap(m + PAGE, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE);
  printf("stored, then moved: %d\n", *(int *)moved);
  madvise(m + 4 * PAGE, PAGE, MADV_DONTNEED);
  printf("stored, then discarded: %d\n", m[4 * PAGE]);
  munmap(m, 8 * PAGE);
  munmap(moved, 4 * PAGE);
}

static void locked(void) {
  char *m = map(4 * PAGE);
  error("mlock", mlock(m + 5, PAGE));
  printf("resident: %d\n", resident(m, 4 * PAGE));
  error("page out locked", madvise(m, 2 * PAGE, MADV_PAGEOUT));
  error("discard locked", madvise(m + PAGE, PAGE, MADV_DONTNEED));
  munlock(m, PAGE * 2);
  error("page out unlocked", madvise(m, 2 * PAGE, MADV_PAGEOUT));
  printf("resident: %d\n", resident(m, 4 * PAGE));
  error("mlockall", mlockall(MCL_CURRENT | MCL_FUTURE));
  printf("resident: %d\n", resident(m, 4 * PAGE));
  char *later = map(3 * PAGE);
  begin();
  fill(later, 3 * PAGE, 1);
  faults("touching what is locked");
  munlockall();
  error("page out later", madvise(later, PAGE, MADV_PAGEOUT));
  munmap(m, 4 * PAGE);
  munmap(later, 3 * PAGE);
}

static void errors(void) {
  char *m = map(4 * PAGE), *hole = m + PAGE;
  munmap(hole, PAGE);
  error("mmap of nothing", (long)mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  error("mmap neither shared nor private", (long)mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0));
  error("mmap at an odd address", (long)mmap(m + 1, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
  error("mmap beyond the end", (long)mmap((void *)(1ul << 50), PAGE, 1, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
  error("mmap on others", (long)mmap(m, PAGE, 1, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
  error("munmap odd", munmap(m + 1, PAGE));
  error("munmap of nothing", munmap(m, 0));
  error("munmap where nothing is", munmap(hole, PAGE));
  error("mprotect odd", mprotect(m + 1, PAGE, PROT_READ));
  error("mprotect over a hole", mprotect(m, 2 * PAGE, PROT_READ));
  error("mprotect unknown", mprotect(m, PAGE, 0x100));
  error("mremap odd", (long)mremap(m + 1, PAGE, PAGE, MREMAP_MAYMOVE));
  error("mremap to nothing", (long)mremap(m, PAGE, 0, MREMAP_MAYMOVE));
  error("mremap of a hole", (long)mremap(hole, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
  error("mremap over a hole", (long)mremap(m, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE));
  error("mremap fixed that may not move", (long)mremap(m, PAGE, PAGE, MREMAP_FIXED, hole));
  error("mremap onto itself", (long)mremap(m, PAGE, PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, m));
  error("mremap without room", (long)mremap(m + 2 * PAGE, PAGE, 3 * PAGE, 0));
  error("mremap into the hole", (long)mremap(m, PAGE, 2 * PAGE, 0));
  error("madvise odd", madvise(m + 1, PAGE, MADV_DONTNEED));
  error("madvise unknown", madvise(m, PAGE, 77));
  munmap(hole, PAGE);
  error("madvise over a hole", madvise(m, 3 * PAGE, MADV_DONTNEED));
  error("mlock over a hole", mlock(m, 3 * PAGE));
  error("munlock over a hole", munlock(m, 3 * PAGE));
  error("mlockall of nothing", mlockall(0));
  error("mlockall unknown", mlockall(16));
  error("mincore odd", mincore(m + 1, PAGE, (unsigned char *)m));
  error("mincore over a hole", mincore(m, 3 * PAGE, (unsigned char *)m));
  error("mincore to nowhere", mincore(m, PAGE, (unsigned char *)hole));
  error("msync both ways", msync(m, PAGE, MS_SYNC | MS_ASYNC));
  error("msync over a hole", msync(m, 3 * PAGE, MS_SYNC));
  error("getrusage of whom", getrusage(77, &usage));
}

int main(void) {
  static char output[1 << 14];
  setvbuf(stdout, memset(output, 1, sizeof output), _IOFBF, sizeof output);
  signal(SIGSEGV, fault);
  huge();
  stored();
  unsigned long before = free_pages();
  huge();
  stored();
  printf("all given back: %d\n", free_pages() == before);
  locked();
  errors();
  return 0;
}
