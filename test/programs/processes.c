/*
 * Processes: fork, wait and signals among them, with vector work in each. An argument names the hart that has V, for the way without migration: who
 * uses vectors pins itself there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

static int vector_hart = -1;

static void to_vectors(void) {
  cpu_set_t set;
  if (vector_hart < 0) return;
  CPU_ZERO(&set);
  CPU_SET(vector_hart, &set);
  if (sched_setaffinity(0, sizeof set, &set)) perror("sched_setaffinity");
}

static uint64_t vector_add(uint64_t a, uint64_t b) {
  uint64_t c;
  __asm__ volatile(".option push\n.option arch, +v\n"
                   "vsetivli t0, 2, e64, m1, ta, ma\nvmv.v.x v8, %1\nvadd.vx v8, v8, %2\nvmv.x.s %0, v8\n.option pop"
                   : "=r"(c)
                   : "r"(a), "r"(b)
                   : "t0");
  return c;
}

static void vector_store(void *where) {
  __asm__ volatile(".option push\n.option arch, +v\nvsetivli t0, 4, e32, m1, ta, ma\nvmv.v.i v8, 3\nvse32.v v8, (%0)\n.option pop" ::"r"(where)
                   : "t0", "memory");
}

static void *vectors_for_ever(void *unused) {
  to_vectors();
  for (;;) vector_add(1, 2);
  return unused;
}

static const char *how(int status) {
  static char text[64];
  if (WIFEXITED(status)) sprintf(text, "exit %d", WEXITSTATUS(status));
  else if (WIFSIGNALED(status)) sprintf(text, "signal %d", WTERMSIG(status));
  else sprintf(text, "status %x", status);
  return text;
}

/* Registers that calls preserve are a child's as they are its parent's. */
static int float_copied(void) {
  int status;
  register double x __asm__("fs3") = 0;
  __asm__ volatile("fcvt.d.w %0, %1" : "=f"(x) : "r"(getpid() + 41));
  pid_t child = fork();
  long after;
  __asm__ volatile("fcvt.l.d %0, %1" : "=r"(after) : "f"(x));
  if (!child) _exit((int)after);
  waitpid(child, &status, 0);
  return WEXITSTATUS(status) + (int)after;
}

/** What becomes of a child that does this. */
static const char *outcome(void (*what)(void), void (*meanwhile)(pid_t)) {
  int status = -1;
  pid_t child = fork();
  if (child == 0) {
    what();
    _exit(99);
  }
  if (meanwhile) meanwhile(child);
  if (waitpid(child, &status, 0) != child) return strerror(errno);
  return how(status);
}

static int data = 1;
static int *heap;

static void copies(void) {
  to_vectors();
  int here = data + *heap;
  data = 10, *heap = 20;
  vector_store(memset(heap + 1, 0, 16));
  _exit(here + data + *heap + heap[4]);
}
static void nothing(void) {}
static void exits(void) { exit(7); }
static void faults(void) { *(volatile int *)16 = 1; }
static void faults_with_vectors(void) { to_vectors(), vector_store((void *)16); }
static void illegal(void) { __asm__ volatile(".word 0"); }
static void aborts(void) { abort(); }
static void spins(void) {
  for (;;) __asm__ volatile("nop");
}
static void spins_with_vectors(void) { vectors_for_ever(NULL); }
static void sleeps(void) { pause(); }
static void several_threads(void) {
  pthread_t thread;
  for (int i = 0; i < 3; i++) pthread_create(&thread, NULL, vectors_for_ever, NULL);
  usleep(200);
  exit(11);
}
static void last_thread(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, vectors_for_ever, NULL);
  usleep(200);
  faults();
}

static volatile sig_atomic_t caught;
static void on_usr1(int signo) {
  caught = signo;
  if (vector_add(20, 2) == 22) _exit(22);
}
static void catches_with_vectors(void) {
  signal(SIGUSR1, on_usr1);
  kill(getppid(), SIGUSR2);
  vectors_for_ever(NULL);
}

static void kills(pid_t child) { usleep(300), kill(child, SIGKILL); }
static void terminates(pid_t child) { usleep(300), kill(child, SIGTERM); }
/* Once the child has said that its handler is there. */
static void signals(pid_t child) {
  sigset_t set;
  int signo;
  sigemptyset(&set), sigaddset(&set, SIGUSR2);
  sigwait(&set, &signo);
  usleep(300), kill(child, SIGUSR1);
}

static void ends(void) {
  heap = malloc(64);
  *heap = 2;
  printf("copies: %s", outcome(copies, NULL));
  printf(", and here %d %d\n", data, *heap);
  printf("a floating-point register: %d\n", float_copied());
  printf("exit: %s\n", outcome(exits, NULL));
  printf("return: %s\n", outcome(nothing, NULL));
  printf("fault: %s\n", outcome(faults, NULL));
  printf("fault of a vector instruction: %s\n", outcome(faults_with_vectors, NULL));
  printf("illegal: %s\n", outcome(illegal, NULL));
  printf("abort: %s\n", outcome(aborts, NULL));
  printf("killed while it spins: %s\n", outcome(spins, kills));
  printf("killed while it spins with vectors: %s\n", outcome(spins_with_vectors, kills));
  printf("terminated while it spins with vectors: %s\n", outcome(spins_with_vectors, terminates));
  printf("killed while it sleeps: %s\n", outcome(sleeps, kills));
  printf("exit with threads that use vectors: %s\n", outcome(several_threads, NULL));
  printf("fault with such a thread: %s\n", outcome(last_thread, NULL));
  printf("signalled while it uses vectors: %s\n", outcome(catches_with_vectors, signals));
}

static volatile int children_seen, seen_code, seen_status;
static void on_child(int signo, siginfo_t *info, void *context) {
  children_seen++;
  seen_code = info->si_code, seen_status = info->si_status;
}

static void waits(void) {
  int status = 0;
  siginfo_t info;
  printf("none: %d %s\n", wait(&status), strerror(errno));
  pid_t child = fork();
  if (!child) sleeps();
  printf("not yet: %d,", waitpid(child, &status, WNOHANG));
  info.si_pid = 1;
  printf(" %d %d\n", waitid(P_PID, child, &info, WEXITED | WNOHANG), info.si_pid);
  printf("another's: %d %s\n", waitpid(child + 100, &status, 0), strerror(errno));
  kill(child, SIGTERM);
  int result = waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
  printf("looked at: %d %d %d %d\n", result, info.si_pid == child, info.si_code == CLD_KILLED, info.si_status);
  result = waitid(P_PGID, 0, &info, WEXITED);
  printf("taken: %d %d; again: %d\n", result, info.si_pid == child, waitpid(child, &status, 0));

  struct sigaction action = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGCHLD, &action, NULL);
  printf("a child %s,", outcome(exits, NULL));
  printf(" told %d times: %d %d\n", children_seen, seen_code == CLD_EXITED, seen_status);
  action.sa_flags = SA_SIGINFO; /* a call that it cuts short gives EINTR, but not this one, which has its answer */
  sigaction(SIGCHLD, &action, NULL);
  printf("a child %s\n", outcome(spins_with_vectors, kills));
  signal(SIGCHLD, SIG_IGN);
  printf("ignored: %s\n", outcome(exits, NULL));
  signal(SIGCHLD, SIG_DFL);

  data = 1;
  child = vfork();
  if (!child) data = 5, _exit(data);
  printf("vfork: %d,", data);
  printf(" %d %s\n", wait(&status) == child, how(status));
}

/* A process whose parent ends belongs to the first one. */
static void orphans(void) {
  int status, sum = 0;
  pid_t first = getpid();
  pid_t child = fork();
  if (!child) {
    if (!fork()) {
      to_vectors();
      while (getppid() != first) vector_add(3, 4), usleep(100);
      _exit(33);
    }
    _exit(44);
  }
  while (wait(&status) > 0) sum += WEXITSTATUS(status);
  printf("orphan and parent: %d\n", sum);
}

static void groups(void) {
  int status, ended = 0;
  pid_t leader = 0, members[4];
  for (int i = 0; i < 4; i++) {
    pid_t child = members[i] = fork();
    if (!child) i % 2 ? spins_with_vectors() : sleeps();
    if (i == 0) leader = child;
    if (i < 3) setpgid(child, leader);
  }
  printf("groups: %d %d\n", getpgid(members[2]) == leader, getpgid(members[3]) == getpgrp());
  kill(-leader, SIGTERM);
  while (waitpid(-leader, &status, 0) > 0) ended += WTERMSIG(status) == SIGTERM;
  printf("of the group: %d,", ended);
  kill(-1, SIGINT); /* all but oneself */
  printf(" and then %d %s\n", wait(&status) == members[3], how(status));
  printf("nobody: %d %s\n", kill(-leader, SIGTERM), strerror(errno));
}

/* fork, in a process whose other thread uses vectors all the time. */
static volatile uint64_t rounds;
static void *counts(void *unused) {
  to_vectors();
  while (rounds < ~0ull) rounds = vector_add(rounds, 1), sched_yield(); /* others want that hart too */
  return unused;
}

static void forks_beside(void) {
  pthread_t thread;
  int status, good = 0;
  pthread_create(&thread, NULL, counts, NULL);
  for (int i = 0; i < 8; i++) {
    uint64_t before = rounds;
    while (rounds == before) usleep(50);
    pid_t child = fork();
    if (!child) {
      uint64_t copy = rounds; /* nobody counts here */
      usleep(100);
      to_vectors();
      _exit(rounds == copy && vector_add(copy, 5) == copy + 5 ? i : 100);
    }
    good += waitpid(child, &status, 0) == child && status == i << 8;
  }
  rounds = ~0ull;
  printf("forks beside a thread: %d\n", good);
}

int main(int argc, char **argv) {
  if (argc > 1) vector_hart = atoi(argv[1]);
  setvbuf(stdout, NULL, _IONBF, 0);
  sigset_t set;
  sigemptyset(&set), sigaddset(&set, SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  printf("the first: %d %d\n", getpid(), getppid());
  ends();
  waits();
  orphans();
  groups();
  forks_beside();
  pid_t child = fork(); /* it ends with the first process */
  if (!child) spins_with_vectors();
  return 3;
}
