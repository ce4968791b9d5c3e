/* Ends in the way that its argument names. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void vector_once(void) {
  __asm__ volatile(".option push\n.option arch, +v\nvsetivli t0, 4, e32, m1, ta, ma\nvmv.v.i v8, 1\n.option pop" ::: "t0");
}

/* A vector instruction that faults on a hart that has V: no vtype is set after a system call or a vsetvl of nonsense. */
static void vector_illegal(void) {
  __asm__ volatile(".option push\n.option arch, +v\nli t0, -1\nvsetvl t1, zero, t0\nvadd.vv v8, v8, v8\n.option pop" ::: "t0", "t1");
}

static void vector_store(void *where) {
  __asm__ volatile(".option push\n.option arch, +v\nvsetivli t0, 4, e32, m1, ta, ma\nvse32.v v8, (%0)\n.option pop" ::"r"(where)
                   : "t0", "memory");
}

static void *exit_all(void *unused) {
  (void)unused;
  exit(9);
}

static void *outlive(void *unused) {
  usleep(2000);
  printf("last\n");
  return unused;
}

static void *forever(void *unused) {
  (void)unused;
  for (;;) __asm__ volatile("nop");
}

static int overflow(int depth) {
  volatile char frame[1000];
  frame[depth % 1000] = 1;
  return depth ? overflow(depth - 1) + frame[0] : 0;
}

int main(int argc, char **argv) {
  const char *how = argc > 1 ? argv[1] : "";
  setvbuf(stdout, NULL, _IONBF, 0);
  printf("%s\n", how);
  if (!strcmp(how, "status")) return 300; /* 300 & 255 */
  if (!strcmp(how, "illegal")) __asm__ volatile(".word 0");
  if (!strcmp(how, "compressed-illegal")) __asm__ volatile(".half 0");
  if (!strcmp(how, "illegal-csr")) __asm__ volatile("csrr t0, mstatus" ::: "t0");
  if (!strcmp(how, "vector-illegal")) vector_illegal();
  if (!strcmp(how, "segv-read")) *(volatile int *)8;
  if (!strcmp(how, "segv-write")) *(volatile char *)main = 1;
  if (!strcmp(how, "segv-jump")) ((void (*)(void))0x1000)();
  if (!strcmp(how, "segv-vector")) vector_store((void *)16);
  if (!strcmp(how, "segv-kernel")) *(volatile long *)0xffffffc080200000;
  if (!strcmp(how, "trap")) __asm__ volatile("ebreak");
  if (!strcmp(how, "abort")) abort();
  if (!strcmp(how, "kill")) kill(getpid(), SIGKILL);
  if (!strcmp(how, "term")) raise(SIGTERM);
  if (!strcmp(how, "after-vector")) vector_once(), kill(getpid(), SIGTERM);
  if (!strcmp(how, "memory")) /* more than the board has */
    for (size_t i = 0; i < 1ul << 30; i += 4096) ((volatile char *)malloc(4096))[0] = 1;
  if (!strcmp(how, "stack")) return overflow(1000000000);
  if (!strcmp(how, "main-first")) { /* the process lives as long as its last thread */
    pthread_t a;
    pthread_create(&a, NULL, outlive, NULL);
    pthread_exit(NULL);
  }
  if (!strcmp(how, "other-thread")) { /* exit_group from a thread while another never traps */
    pthread_t a, b;
    pthread_create(&a, NULL, forever, NULL);
    pthread_create(&b, NULL, exit_all, NULL);
    pthread_join(a, NULL);
  }
  printf("still here\n");
  return 1;
}
