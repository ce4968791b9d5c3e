/*
 * A signal handler that uses vectors on a hart of another VLEN than the code that it interrupts; afterwards that code has its registers
 * again, on a hart of its own VLEN. With an argument: it keeps its vectors over system calls, sigreturn among them.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <ucontext.h>
#include <unistd.h>

#define VECTOR(code) ".option push\n.option arch, +v\n.option norvc\n" code ".option pop"

static volatile uint64_t vlenb_there;

static void handle(int signo, siginfo_t *info, void *context) {
  (void)signo, (void)info;
  for (int i = 0; i < 3; i++) {
    getppid(); /* whose vectors may be thrown away may go to any hart */
    uint64_t vlenb;
    __asm__ volatile(VECTOR("csrr %0, vlenb\nvsetvli t0, x0, e8, m8, ta, ma\nvmv.v.i v8, 3\nvmv.v.i v16, 4\n") : "=r"(vlenb) : : "t0");
    vlenb_there |= vlenb;
  }
  ((ucontext_t *)context)->uc_mcontext.__gregs[REG_PC] += 4;
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) prctl(0x4d494700, 1); /* vectors are kept over system calls */
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
  sigaction(SIGTRAP, &action, NULL);
  uint64_t before, after, value, vl;
  __asm__ volatile(VECTOR("csrr %0, vlenb\nvsetivli t0, 2, e64, m1, ta, ma\nvmv.v.i v8, 7\nebreak\n"
                          "vmv.x.s %2, v8\ncsrr %3, vl\ncsrr %1, vlenb\n")
                   : "=&r"(before), "=&r"(after), "=&r"(value), "=&r"(vl) : : "t0");
  printf("%s, v8 %lu, vl %lu\n", before == after ? "the same VLEN" : "another VLEN", (unsigned long)value, (unsigned long)vl);
  printf("the handler was on harts of %s\n", vlenb_there & (vlenb_there - 1) ? "two VLENs" : "one VLEN");
  return 0;
}
