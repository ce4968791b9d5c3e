/* Mapping, protecting, moving and giving back memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096 };
static sigjmp_buf back;

static void fault(int signo) { siglongjmp(back, signo); }

static const char *try(volatile char *at, int write) {
  if (sigsetjmp(back, 1)) return "fault";
  if (write) *at = 1;
  else (void)*at;
  return "fine";
}

static char *map(size_t bytes, int prot) { return mmap(NULL, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }

int main(void) {
  signal(SIGSEGV, fault);
  char *a = map(4 * PAGE, PROT_READ | PROT_WRITE);
  int zeros = 1;
  for (int i = 0; i < 4 * PAGE; i++) zeros &= a[i] == 0;
  printf("fresh memory is zero: %d\n", zeros);
  strcpy(a + PAGE, "second page");
  printf("read-only: %d", mprotect(a + PAGE, PAGE, PROT_READ));
  printf(" read %s, write %s, next page %s\n", try(a + PAGE, 0), try(a + PAGE, 1), try(a + 2 * PAGE, 1));
  mprotect(a + PAGE, PAGE, PROT_NONE);
  printf("no access: read %s", try(a + PAGE, 0));
  mprotect(a + PAGE, PAGE, PROT_READ | PROT_WRITE);
  printf(", then again \"%s\"\n", a + PAGE);
  munmap(a + 2 * PAGE, PAGE);
  printf("hole: before %s, in %s, after %s\n", try(a + PAGE, 0), try(a + 2 * PAGE, 0), try(a + 3 * PAGE, 0));
  char *fixed = mmap(a + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  printf("filled: %d %s\n", fixed == a + 2 * PAGE, try(fixed, 1));
  a[0] = 'x';
  madvise(a, PAGE, MADV_DONTNEED);
  printf("given back: %d\n", a[0]);

  char *b = map(PAGE, PROT_READ | PROT_WRITE);
  strcpy(b, "moved along");
  char *c = mremap(b, PAGE, 100 * PAGE, MREMAP_MAYMOVE);
  printf("grown: %s, its end %s\n", c, try(c + 99 * PAGE, 1));
  c = mremap(c, 100 * PAGE, PAGE, 0);
  printf("shrunk: %s, its old end %s\n", c, try(c + 99 * PAGE, 1));

  char *top = sbrk(0);
  sbrk(3 * PAGE);
  printf("heap: %s", try(top + 2 * PAGE, 1));
  sbrk(-3 * PAGE);
  printf(", %s\n", try(top + 2 * PAGE, 1));

  unsigned *code = (unsigned *)map(PAGE, PROT_READ | PROT_WRITE);
  for (int value = 1; value <= 3; value++) {
    mprotect(code, PAGE, PROT_READ | PROT_WRITE);
    code[0] = 0x00000513 | value << 20; /* li a0, value */
    code[1] = 0x00008067;               /* ret */
    mprotect(code, PAGE, PROT_READ | PROT_EXEC);
    __builtin___clear_cache((char *)code, (char *)(code + 2));
    printf("code says %d\n", ((int (*)(void))code)());
  }
  printf("not executable: ");
  mprotect(code, PAGE, PROT_READ);
  if (sigsetjmp(back, 1)) printf("fault\n");
  else printf("ran %d\n", ((int (*)(void))code)());

  size_t big = 20 << 20;
  char *d = malloc(big);
  for (size_t i = 0; i < big; i += PAGE) d[i] = (char)(i >> 12);
  unsigned sum = 0;
  for (size_t i = 0; i < big; i += PAGE) sum += (unsigned char)d[i];
  free(d);
  printf("20 MiB: %u\n", sum);
  errno = 0;
  void *too_much = mmap(NULL, 1ul << 40, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("too much: %d, %s\n", too_much == MAP_FAILED, strerror(errno));
  printf("locked: %d\n", mlockall(MCL_CURRENT | MCL_FUTURE));
  return 0;
}
