/*
 * Signals in signals, on an alternate stack of fresh memory, of a thread on an accelerator hart: a vector store faults; the handler uses
 * vectors, sends itself another signal, whose handler faults with a vector store of its own. Each store succeeds in the end, and the
 * registers of the interrupted code are as they were.
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, STACK = 16 * PAGE, ROUNDS = 5 };

static volatile int faults, signals, wrong;
static char *pages[2];

#define VECTOR(text) ".option push\n.option arch, +v\n" text ".option pop\n"

static void store(void *to, int value) {
  __asm__ volatile(VECTOR("vsetivli zero, 4, e32, m1, ta, ma\nvmv.v.x v4, %1\nvse32.v v4, (%0)\n") ::"r"(to), "r"(value) : "memory");
}

static void clobber(void) {
  __asm__ volatile(VECTOR("vsetvli t0, zero, e8, m8, ta, ma\nvmv.v.i v0, -1\nvmv.v.i v8, -2\nvmv.v.i v16, -3\nvmv.v.i v24, -4\n") ::
                       : "t0");
}

/* Makes the page writable that the store was for; by way of the other signal the first time of a round. */
static void on_fault(int signo, siginfo_t *info, void *context) {
  (void)signo, (void)context;
  char *page = (char *)((uintptr_t)info->si_addr & -(uintptr_t)PAGE);
  clobber();
  faults++;
  if (page == pages[0]) raise(SIGUSR1);
  clobber();
  mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}

static void on_signal(int signo) {
  (void)signo;
  clobber();
  store(pages[1], 77);
  signals++;
  if (*(int *)pages[1] != 77) wrong++;
}

/* Fills the registers with values of this round, stores to a page that can't be written, and looks whether all is as it was. */
static int keeps_registers(uint64_t round) {
  uint64_t v8, v23, vl;
  double f, expected = (double)round * 0.5;
  __asm__ volatile(VECTOR("vsetivli zero, 3, e64, m1, ta, ma\n"
                          "vmv.v.x v8, %[round]\n"
                          "vadd.vi v23, v8, 5\n"
                          "fmv.d fs1, %[expected]\n"
                          "vse64.v v8, (%[page])\n"
                          "csrr %[vl], vl\n"
                          "fmv.d %[f], fs1\n"
                          "vmv.x.s %[v8], v8\n"
                          "vslidedown.vi v23, v23, 2\n"
                          "vmv.x.s %[v23], v23\n")
                   : [v8] "=&r"(v8), [v23] "=&r"(v23), [vl] "=&r"(vl), [f] "=&f"(f)
                   : [round] "r"(round), [page] "r"(pages[0]), [expected] "f"(expected)
                   : "memory", "fs1");
  return v8 == round && v23 == round + 5 && vl == 3 && f == expected && ((uint64_t *)pages[0])[2] == round;
}

static void *rounds(void *unused) {
  (void)unused;
  struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  struct sigaction other = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
  sigaction(SIGSEGV, &fault, NULL);
  sigaction(SIGUSR1, &other, NULL);
  for (int i = 0; i < 2; i++) pages[i] = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (uint64_t round = 1; round <= ROUNDS; round++) {
    stack_t stack = {.ss_sp = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), .ss_size = STACK};
    sigaltstack(&stack, NULL);
    for (int i = 0; i < 2; i++) mprotect(pages[i], PAGE, PROT_NONE);
    if (!keeps_registers(round)) wrong++;
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, NULL);
    munmap(stack.ss_sp, STACK);
  }
  return NULL;
}

int main(void) {
  rounds(NULL);
  pthread_t thread;
  pthread_create(&thread, NULL, rounds, NULL);
  pthread_join(thread, NULL);
  printf("%d faults, %d signals, %d wrong\n", faults, signals, wrong);
  return 0;
}
