/* A signal's handler runs on top of what it interrupted: a system call. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile int got;

__attribute__((noinline)) static void note(int signo) {
  got = signo; /* noted */
}

static void handler(int signo) { note(signo); }

__attribute__((noinline)) static int work(int n) {
  kill(getpid(), SIGUSR1);
  return n + got; /* worked */
}

int main(void) {
  signal(SIGUSR1, handler);
  int sum = work(5);
  printf("%d\n", sum);
  return sum == 5 + SIGUSR1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
