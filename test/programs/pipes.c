/* Pipes between processes: order, blocking both ways, ends that close, dup, poll; and a pipeline whose middle works with vectors. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NUMBERS = 1000 };

static uint64_t twice(uint64_t a) {
  uint64_t c;
  __asm__ volatile(".option push\n.option arch, +v\n"
                   "vsetivli t0, 2, e64, m1, ta, ma\nvmv.v.x v8, %1\nvadd.vv v8, v8, v8\nvmv.x.s %0, v8\n.option pop"
                   : "=r"(c)
                   : "r"(a)
                   : "t0");
  return c;
}

static const char *said(long result) {
  static char text[64];
  if (result >= 0) sprintf(text, "%ld", result);
  return result < 0 ? strerror(errno) : text;
}

static int caught;
static void on_signal(int signo) { caught = signo; }

/** numbers | twice | sum: more than any pipe holds. */
static void pipeline(void) {
  int in[2], out[2];
  uint64_t value, sum = 0, last = 0, wrong = 0;
  pipe(in), pipe(out);
  if (!fork()) {
    close(in[0]), close(out[0]), close(out[1]);
    for (value = 1; value <= NUMBERS; value++) write(in[1], &value, sizeof value);
    _exit(0);
  }
  if (!fork()) {
    close(in[1]), close(out[0]);
    while (read(in[0], &value, sizeof value) == sizeof value) {
      if (value % 64 == 0) value = twice(value);
      else value *= 2;
      write(out[1], &value, sizeof value);
    }
    _exit(0);
  }
  close(in[0]), close(in[1]), close(out[1]);
  while (read(out[0], &value, sizeof value) == sizeof value) wrong += value != last + 2, sum += last = value;
  close(out[0]);
  while (wait(NULL) > 0) continue;
  printf("pipeline: %lu, %lu wrong\n", sum, wrong);
}

int main(void) {
  int ends[2], status;
  char buffer[8192];
  setvbuf(stdout, NULL, _IONBF, 0);
  pipeline();

  struct stat s;
  pipe2(ends, O_NONBLOCK);
  fstat(ends[0], &s);
  printf("descriptors %d %d, a pipe: %d, flags %x %x\n", ends[0], ends[1], S_ISFIFO(s.st_mode), fcntl(ends[0], F_GETFL), fcntl(ends[1], F_GETFL));
  printf("empty: %s\n", said(read(ends[0], buffer, 1)));
  printf("the wrong way: %s,", said(read(ends[1], buffer, 1)));
  printf(" %s\n", said(write(ends[0], buffer, 1)));
  printf("filled: %s,", said(write(ends[1], buffer, 4096)));
  printf(" full: %s\n", said(write(ends[1], buffer, 1)));
  printf("seek: %s\n", said(lseek(ends[0], 0, SEEK_SET)));
  struct pollfd polled[2] = {{ends[0], POLLIN}, {ends[1], POLLOUT}};
  printf("poll: %d", poll(polled, 2, -1));
  printf(" %x %x\n", polled[0].revents, polled[1].revents);
  printf("read: %s,", said(read(ends[0], buffer, sizeof buffer)));
  printf(" bad address: %s\n", said(write(ends[1], (void *)8, 1)));
  int copy = dup(ends[1]);
  close(ends[1]);
  printf("nothing, but a writer: %s\n", said(read(ends[0], buffer, 1)));
  close(copy);
  printf("no writer: %s\n", said(read(ends[0], buffer, 1)));
  printf("poll: %d", poll(polled, 1, -1));
  printf(" %x\n", polled[0].revents);
  close(ends[0]);

  pipe(ends);
  close(ends[0]);
  signal(SIGPIPE, on_signal);
  printf("no reader: %s,", said(write(ends[1], buffer, 1)));
  printf(" signal %d\n", caught);
  if (!fork()) {
    signal(SIGPIPE, SIG_DFL);
    write(ends[1], buffer, 1);
    _exit(1);
  }
  wait(&status);
  printf("a child: signal %d\n", WTERMSIG(status));
  close(ends[1]);

  /* Poll waits for another process; a signal cuts a read short. */
  pipe(ends);
  signal(SIGUSR1, on_signal), siginterrupt(SIGUSR1, 1);
  pid_t child = fork();
  if (!child) {
    usleep(500), write(ends[1], "x", 1);
    while (kill(getppid(), SIGUSR1) == 0) usleep(500); /* until the read has begun, and for as long as it likes */
  }
  polled[0] = (struct pollfd){ends[0], POLLIN};
  printf("poll in time: %d,", poll(polled, 1, 10000) != 0);
  kill(child, SIGSTOP); /* nothing here */
  while (read(ends[0], buffer, 1) < 0) continue;
  printf(" %c, then %s\n", buffer[0], said(read(ends[0], buffer, 1)));
  kill(child, SIGKILL), wait(NULL);
  close(ends[0]), close(ends[1]);

  int most = 0;
  while (dup(0) >= 0) most++;
  printf("%s after %d\n", strerror(errno), most);
  dup2(1, 20), close(1);
  write(20, "by another descriptor\n", 22);
  return 4;
}
