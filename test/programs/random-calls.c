/* System calls with numbers and arguments from a generator (argument: its seed). Whatever becomes of this program, the kernel stays. */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t state;
static uint64_t next(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state;
}

static char memory[65536] __attribute__((aligned(4096)));
static void caught(int signo) { (void)signo; }

static uint64_t argument(void) {
  static const uint64_t edges[] = {0, 1, 2, 4095, 4096, ~0ull, 1ull << 38, (1ull << 38) - 4096, 0xffffffc080200000, 1ull << 63, 0x3ffffff000};
  switch (next() % 6) {
  case 0: return edges[next() % (sizeof edges / sizeof *edges)];
  case 1: return next() % 64;
  case 2: return next();
  case 3: return (uint64_t)memory + next() % sizeof memory;
  default: return ((uint64_t)memory + next() % sizeof memory) & ~4095ull;
  }
}

int main(int argc, char **argv) {
  state = argc > 1 ? strtoull(argv[1], NULL, 0) * 2654435761u + 1 : 1;
  for (int signo = 1; signo < 64; signo++)
    if (signo != SIGSEGV && signo != SIGILL) signal(signo, caught);
  for (int i = 0; i < 3000; i++) {
    long number = (long)(next() % 300);
    /* These end or stop the program as they should, or put it to sleep: nothing to learn. */
    if (number == SYS_exit || number == SYS_exit_group || number == SYS_kill || number == SYS_tkill || number == SYS_tgkill ||
        number == SYS_rt_sigsuspend || number == SYS_read || number == SYS_readv || number == SYS_write || number == SYS_writev ||
        number == SYS_clone || number == SYS_futex || number == SYS_rt_sigreturn || number == SYS_nanosleep ||
        number == SYS_clock_nanosleep || number == SYS_ppoll)
      continue;
    if (number == SYS_munmap || number == SYS_mremap || number == SYS_mmap || number == SYS_mprotect || number == SYS_madvise) {
      /* among its own data, or it would not live long */
      uint64_t page = (uint64_t)memory + (next() & 7) * 4096, bytes = next() % (8 * 4096);
      syscall(number, page, bytes, argument(), argument(), -1, 0);
      syscall(SYS_mmap, memory, sizeof memory, 3, 0x32, -1, 0);
      continue;
    }
    syscall(number, argument(), argument(), argument(), argument(), argument(), argument());
  }
  _exit(0);
}
