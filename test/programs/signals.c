/* Handlers, masks, restarts and frames; a vector loop that signals interrupt, whose registers must not change. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t seen, last;
static sigjmp_buf back;
static void *fault_address;

static void count(int signo) { seen++, last = signo; }

static void fault(int signo, siginfo_t *info, void *context) {
  (void)context;
  last = signo;
  fault_address = info->si_addr;
  siglongjmp(back, 1);
}

static void skip_instruction(int signo, siginfo_t *info, void *context) {
  (void)info;
  last = signo;
  ((ucontext_t *)context)->uc_mcontext.__gregs[REG_PC] += 4;
}

static void on(int signo, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigaction(signo, &action, NULL);
}

static void on_info(int signo, void (*handler)(int, siginfo_t *, void *), int flags) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO};
  sigaction(signo, &action, NULL);
}

/* A handler that uses vector and floating-point registers itself. */
static volatile double handler_sum;
static void clobber(int signo) {
  last = signo;
  seen++;
  handler_sum = handler_sum * 1.5 + 3.25;
  __asm__ volatile(".option push\n.option arch, +v\nvsetvli t0, zero, e8, m8, ta, ma\nvmv.v.i v0, -3\nvmv.v.i v8, -5\n"
                   "vmv.v.i v16, -7\n.option pop" ::: "t0");
}

static pthread_t spinner;
static volatile int spinning, stop;

/* Counts in a vector register and in a floating-point register until told to stop; both must agree with the integer count. */
static void *spin(void *unused) {
  (void)unused;
  uint64_t count = 0, lane0, lane3;
  double floating;
  uint64_t one = 1;
  __asm__ volatile(".option push\n.option arch, +v\n"
                   "fcvt.d.l ft0, %[one]\n"
                   "fcvt.d.l ft1, zero\n"
                   "vsetivli zero, 4, e64, m2, ta, ma\n"
                   "vmv.v.i v8, 0\n"
                   "sw %[one], (%[spinning])\n"
                   "1: vadd.vi v8, v8, 1\n"
                   "fadd.d ft1, ft1, ft0\n"
                   "addi %[count], %[count], 1\n"
                   "lw t0, (%[stop])\n"
                   "beqz t0, 1b\n"
                   "vmv.x.s %[lane0], v8\n"
                   "vslidedown.vi v10, v8, 3\n"
                   "vmv.x.s %[lane3], v10\n"
                   "fmv.d %[floating], ft1\n"
                   ".option pop\n"
                   : [count] "+r"(count), [lane0] "=&r"(lane0), [lane3] "=&r"(lane3), [floating] "=&f"(floating)
                   : [one] "r"(one), [spinning] "r"(&spinning), [stop] "r"(&stop)
                   : "t0", "ft0", "ft1", "memory");
  if (lane0 != count || lane3 != count || floating != (double)count)
    printf("LOST: count %lu, lanes %lu and %lu, floating %f\n", count, lane0, lane3, floating);
  return NULL;
}

int main(void) {
  on(SIGUSR1, count, 0);
  raise(SIGUSR1);
  printf("raised: %d, signal %d\n", seen, last);

  sigset_t set, old, pending;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, &old);
  raise(SIGUSR1);
  sigpending(&pending);
  printf("blocked: %d, pending %d\n", seen, sigismember(&pending, SIGUSR1));
  sigprocmask(SIG_SETMASK, &old, NULL);
  printf("unblocked: %d\n", seen);

  on(SIGUSR2, SIG_IGN, 0);
  raise(SIGUSR2);
  printf("ignored: %d\n", seen);

  on_info(SIGSEGV, fault, 0);
  int *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (!sigsetjmp(back, 1)) page[3] = 1;
  printf("fault: signal %d, offset %ld\n", last, (long)((char *)fault_address - (char *)page));
  if (!sigsetjmp(back, 1))
    __asm__ volatile(".option push\n.option arch, +v\nvsetivli zero, 4, e32, m1, ta, ma\nvse32.v v8, (%0)\n.option pop" ::"r"(page)
                     : "memory");
  printf("vector fault: signal %d, offset %ld\n", last, (long)((char *)fault_address - (char *)page));

  on_info(SIGILL, skip_instruction, 0);
  __asm__ volatile(".word 0");
  printf("skipped: signal %d\n", last);

  char *stack = malloc(65536);
  stack_t alternate = {.ss_sp = stack, .ss_size = 65536};
  sigaltstack(&alternate, NULL);
  on(SIGUSR2, count, SA_ONSTACK);
  raise(SIGUSR2);
  printf("alternate stack: %d, signal %d\n", seen, last);

  on(SIGUSR1, clobber, 0);
  pthread_create(&spinner, NULL, spin, NULL);
  while (!spinning) sched_yield();
  for (int i = 0; i < 20; i++) {
    int before = seen;
    pthread_kill(spinner, SIGUSR1);
    while (seen == before) sched_yield();
  }
  stop = 1;
  pthread_join(spinner, NULL);
  printf("interrupted a vector loop: %d handlers ran\n", seen);

  struct timespec nap = {0, 3000000}, start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  int slept = nanosleep(&nap, NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  long nanoseconds = (end.tv_sec - start.tv_sec) * 1000000000 + end.tv_nsec - start.tv_nsec;
  printf("slept: %d, %s\n", slept, nanoseconds >= 3000000 ? "long enough" : "TOO SHORT");

  on(SIGTERM, SIG_DFL, 0);
  fflush(stdout);
  raise(SIGTERM);
  return 0;
}
