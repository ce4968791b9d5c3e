/* Odds and ends of system calls, and some that are not there. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static const char *result(long value) { return value < 0 ? strerror(errno) : "fine"; }

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void *send(void *unused) {
  usleep(3000);
  kill(getpid(), SIGUSR1);
  return unused;
}

int main(int argc, char **argv) {
  char buffer[64];
  printf("%d arguments:", argc);
  for (int i = 1; i < argc; i++) printf(" %s", argv[i]);
  printf("\n");
  struct iovec parts[] = {{"write", 5}, {"v: ", 3}, {"in parts\n", 9}};
  fflush(stdout);
  writev(1, parts, 3);
  printf("page size %ld, clock ticks %lu, secure %lu\n", sysconf(_SC_PAGESIZE), getauxval(AT_CLKTCK), getauxval(AT_SECURE));
  printf("write to 7: %s\n", result(write(7, "x", 1)));
  printf("write from nowhere: %s\n", result(write(1, (void *)8, 1)));
  printf("read into nowhere: %s\n", result(syscall(SYS_getrandom, (void *)8, 8, 0)));
  printf("close of 9: %s\n", result(close(9)));
  printf("clock 99: %s\n", result(clock_gettime(99, (void *)buffer)));
  struct timespec wrong = {0, 2000000000}, soon;
  printf("sleep of a wrong time: %s\n", result(nanosleep(&wrong, NULL)));
  struct utsname name;
  printf("machine: %s\n", uname(&name) ? "?" : name.machine);

  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  printf("affinity: %s", result(sched_setaffinity(0, sizeof set, &set)));
  printf(", on hart %d\n", sched_getcpu());
  CPU_ZERO(&set);
  printf("affinity to none: %s\n", result(sched_setaffinity(0, sizeof set, &set)));
  printf("affinity of nobody: %s\n", result(sched_getaffinity(4242, sizeof set, &set)));

  struct timespec before, after;
  struct pollfd console = {.fd = 0, .events = POLLIN | POLLOUT};
  clock_gettime(CLOCK_MONOTONIC, &before);
  printf("poll of nothing: %d", poll(NULL, 0, 5));
  clock_gettime(CLOCK_MONOTONIC, &after);
  long waited = (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
  printf(", %s\n", waited >= 5000000 ? "long enough" : "TOO SHORT");
  printf("poll of the console: %d,", poll(&console, 1, -1));
  printf(" ready for %s\n", console.revents == POLLOUT ? "output" : "?");
  console.events = POLLIN;
  printf("poll for input: %d\n", poll(&console, 1, 5));

  sigset_t set_of_one;
  int signo = 0;
  sigemptyset(&set_of_one);
  sigaddset(&set_of_one, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set_of_one, NULL);
  struct timespec moment = {0, 1000000};
  printf("no signal: %s\n", result(sigtimedwait(&set_of_one, NULL, &moment)));
  raise(SIGUSR1);
  sigwait(&set_of_one, &signo);
  printf("a signal waited for: %d", signo);
  pthread_t sender;
  pthread_create(&sender, NULL, send, NULL);
  sigwait(&set_of_one, &signo);
  pthread_join(sender, NULL);
  printf(", and one to come: %d\n", signo);
  printf("in %s\n", getcwd(buffer, sizeof buffer));
  fflush(stdout);
  errno = ENOENT;
  perror("no file");

  pthread_mutex_lock(&lock);
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_nsec += 5000000;
  if (soon.tv_nsec >= 1000000000) soon.tv_sec++, soon.tv_nsec -= 1000000000;
  printf("condition: %s\n", strerror(pthread_cond_timedwait(&changed, &lock, &soon)));
  int word = 1;
  printf("futex of another value: %s\n", result(syscall(SYS_futex, &word, 0, 2, NULL)));
  printf("kill of nobody: %s\n", result(syscall(SYS_tgkill, getpid(), 4242, 0)));
  printf("tid and pid: %d\n", getpid() == gettid());
  fflush(stdout);
  for (int i = 0; i < 3; i++) syscall(500), syscall(5000 + i);
  printf("call 500: %s\n", result(syscall(500)));
  return 0;
}
