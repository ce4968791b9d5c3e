/* Pointers with data in their upper bits: as the machine takes them, and as system calls do. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SET = 55, GET = 56, CALLS_TOO = 1 };

static long set(unsigned long length, unsigned long more) {
  return prctl(SET, length << 24 | more, 0, 0, 0) ? -errno : 0;
}
static long get(void) {
  long value = prctl(GET, 0, 0, 0, 0);
  return value < 0 ? -errno : value;
}

static void *tagged(const volatile void *p, unsigned long tag) { return (void *)((uintptr_t)p | tag << 57); }

static long counter = 5;
static void *in_thread(void *unused) {
  *(volatile long *)tagged(&counter, 0x2a) += 1; /* a new thread is as its maker was */
  printf("in a thread: %ld, change %ld, same %ld\n", counter, set(0, 0), set(7, CALLS_TOO));
  return unused;
}

/* One vector addition through tagged pointers: on another hart, where there are such. */
static void vectors(void) {
  static int32_t data[4] = {1, 2, 3, 4};
  register int32_t *p __asm__("a0") = tagged(data, 0x11);
  __asm__ volatile(
      ".option push\n.option arch, +v\n"
      "vsetivli zero, 4, e32, m1, ta, ma\n"
      "vle32.v v8, (a0)\n vadd.vi v8, v8, 10\n vse32.v v8, (a0)\n"
      ".option pop" ::"r"(p) : "memory");
  printf("vectors: %d %d %d %d\n", data[0], data[1], data[2], data[3]);
}

static void on_fault(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  dprintf(1, "fault at %lx\n", (unsigned long)info->si_addr);
  _exit(3);
}

int main(void) {
  char text[] = "written\n";
  setvbuf(stdout, NULL, _IONBF, 0);
  long first = get();
  printf("at first %ld\n", first);
  if (first < 0) {
    printf("set %ld\n", set(7, 0));
    return 0;
  }
  printf("reserved %ld, too many %ld, nothing for calls %ld\n", set(7, 2), set(17, 0), set(0, CALLS_TOO));
  printf("for the machine only: %ld, now %lx\n", set(1, 0), get());
  *(volatile long *)tagged(&counter, 0x55) += 1;
  printf("counter %ld\n", counter);
  long n = write(1, tagged(text, 1), 8);
  printf("write %ld, errno %d\n", n, n < 0 ? errno : 0);
  printf("sixteen: %ld, now %lx\n", set(8, 0), get());
  printf("for calls too: %ld, now %lx\n", set(7, CALLS_TOO), get());
  n = write(1, tagged(text, 1), 8);
  printf("write %ld\n", n);
  vectors();
  pthread_t thread;
  pthread_create(&thread, NULL, in_thread, NULL);
  pthread_join(thread, NULL);

  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, NULL);
  *(volatile char *)tagged((void *)0x1234560, 3) = 1;
  return 0;
}
