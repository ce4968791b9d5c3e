/*
 * recall SEED OPERATIONS WORKERS: threads read and write memory with vector instructions while another thread unmaps it, maps other
 * contents in its place, protects, moves, pages out, discards it and forks. Each thread knows what it may see: a page's value or a
 * segmentation fault, exactly as the page stood before and after the access if that is the same; and its registers stay its own.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 6, MOST_WORKERS = 8, LANES = 8, MADV_OUT = 21, KEEP_VECTOR = 0x4D494700 };

/** A page that changes. `turn` is odd while it does. */
static struct {
  volatile uint32_t turn;
  volatile uint32_t value;
  volatile int there;
} pages[PAGES];
static char *region;      /* PAGES pages for all to read, */
static char *scratch;     /* and one for each worker to write */
static volatile int ready, stop;
static volatile unsigned wrong_value, wrong_fault, missing_fault, wrong_register, wrong_scratch, wrong_child;
static volatile uint32_t wrote[MOST_WORKERS];

static __thread volatile int faulted;
static void fault(int signo, siginfo_t *info, void *context) {
  (void)signo, (void)info;
  faulted = 1;
  ((ucontext_t *)context)->uc_mcontext.__gregs[REG_PC] += 4; /* the access has no effect */
}

static uint32_t next(uint32_t *state) { return (*state = *state * 1664525 + 1013904223) >> 8; }

#define VECTOR(text) ".option push\n.option arch, +v\n" text "\n.option pop\n"

/** Load LANES words. @return false when it faults; *value becomes the first, *same whether all are alike */
static int load(const char *at, uint32_t *value, int *same) {
  uint64_t first, others;
  faulted = 0;
  __asm__ volatile(VECTOR("vsetivli zero, 8, e32, m1, ta, ma\n"
                          "fence\n"
                          "vle32.v v8, (%2)\n"
                          "fence\n"
                          "vmv.x.s %0, v8\n"
                          "vmsne.vx v9, v8, %0\n"
                          "vcpop.m %1, v9")
                   : "=&r"(first), "=r"(others)
                   : "r"(at)
                   : "memory");
  *value = (uint32_t)first;
  *same = others == 0;
  return !faulted;
}

/** Store LANES words. @return false when it faults */
static int store(char *at, uint32_t value) {
  faulted = 0;
  __asm__ volatile(VECTOR("vsetivli zero, 8, e32, m1, ta, ma\n"
                          "vmv.v.x v10, %1\n"
                          ".option norvc\n"
                          "vse32.v v10, (%0)")
                   :
                   : "r"(at), "r"(value)
                   : "memory");
  return !faulted;
}

static void look(int i, int part) {
  uint32_t turn = pages[i].turn, value = pages[i].value, seen;
  int there = pages[i].there, same;
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  int came = load(region + i * PAGE + (part ? PAGE - 4 * LANES : 0), &seen, &same);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  if (turn % 2 || pages[i].turn != turn) return;
  if (came && !there) missing_fault++;
  if (!came && there) wrong_fault++;
  if (came && there && (!same || seen != value)) wrong_value++;
}

static void *work(void *number) {
  long n = (long)number;
  char *own = scratch + n * PAGE;
  uint32_t random = (uint32_t)n + 1, count = 0;
  uint64_t rounds = 0, lane;
  prctl(KEEP_VECTOR, 1);
  __asm__ volatile(VECTOR("vsetivli zero, 8, e32, m1, ta, ma\n vmv.v.i v31, 0\n vmv.v.x v30, %0") ::"r"(n + 77));
  __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
  while (!stop) {
    look((int)(next(&random) % PAGES), (int)(next(&random) & 1));
    if (store(own + 64 * (count % 60), count + 1)) {
      uint32_t seen;
      int same;
      count++;
      if (load(own + 64 * ((count - 1) % 60), &seen, &same) && (seen != count || !same)) wrong_scratch++;
    }
    /* Now and then another thread's turn: nobody is taken from an accelerator hart because others wait for it. */
    if (++rounds % 256 == 0) sched_yield();
    __asm__ volatile(VECTOR("vsetivli zero, 8, e32, m1, ta, ma\n vadd.vi v31, v31, 1"));
  }
  __asm__ volatile(VECTOR("vsetivli zero, 8, e32, m1, ta, ma\n vslidedown.vi v29, v31, 7\n vmv.x.s %0, v29") : "=r"(lane));
  if ((uint32_t)lane != (uint32_t)rounds) wrong_register++;
  __asm__ volatile(VECTOR("vslidedown.vi v29, v30, 7\n vmv.x.s %0, v29") : "=r"(lane));
  if ((long)lane != n + 77) wrong_register++;
  wrote[n] = count;
  return NULL;
}

static void fill(char *page, uint32_t value) {
  for (int i = 0; i < LANES; i++) ((volatile uint32_t *)page)[i] = ((volatile uint32_t *)page)[PAGE / 4 - 1 - i] = value;
}

/** What a child sees is what its parent had; what it writes is its own. */
static void child(void) {
  for (int i = 0; i < PAGES; i++) {
    uint32_t seen;
    int same, came = load(region + i * PAGE, &seen, &same);
    if (came != pages[i].there || (came && (!same || seen != pages[i].value))) _exit(1);
    if (came && store(region + i * PAGE, 0xbad) && !(load(region + i * PAGE, &seen, &same) && seen == 0xbad)) _exit(2);
  }
  /* The parent's threads write to their pages all the time, not to ours. */
  static char before[PAGE];
  memcpy(before, scratch, PAGE);
  for (volatile int pause = 500; pause; pause--) continue;
  if (memcmp(before, scratch, PAGE)) _exit(3);
  memset(scratch, 0xee, PAGE);
  _exit(0);
}

static uint32_t epoch;

/** Do something to page i, which is as its entry says. */
static void change(int i, uint32_t what) {
  char *page = region + i * PAGE, *away;
  int status, rights = PROT_READ | PROT_WRITE;
  uint32_t value = pages[i].value;
  int there = pages[i].there;
  pages[i].turn++;
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  switch (what) {
  case 0: /* other contents */
    mmap(page, PAGE, rights, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    fill(page, value = (uint32_t)i << 24 | ++epoch);
    there = 1;
    break;
  case 1:
    munmap(page, PAGE);
    there = 0;
    break;
  case 2:
    if (mprotect(page, PAGE, PROT_NONE) == 0) there = 0;
    break;
  case 3:
    if (mprotect(page, PAGE, PROT_READ) == 0) there = 1;
    break;
  case 4:
    if (madvise(page, PAGE, MADV_DONTNEED) == 0) value = 0;
    break;
  case 5: /* away and back, with the same contents */
    away = mremap(page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, region + (PAGES + 1 + i) * PAGE);
    if (away != MAP_FAILED) mremap(away, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page);
    break;
  case 6: /* the page becomes its neighbour's: contents of another place appear here */
    if (mmap(region + (PAGES + 1) * PAGE, PAGE, rights, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED) {
      fill(region + (PAGES + 1) * PAGE, value = (uint32_t)i << 24 | ++epoch);
      mremap(region + (PAGES + 1) * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page);
      there = 1;
    }
    break;
  }
  pages[i].value = value;
  pages[i].there = there;
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  pages[i].turn++;
  switch (what) { /* what nobody must notice */
  case 7:
    madvise(region, PAGES * PAGE, MADV_OUT);
    break;
  case 8:
    madvise(scratch, MOST_WORKERS * PAGE, MADV_OUT);
    break;
  case 9: {
    pages[i].turn++;
    int writable = mprotect(page, PAGE, rights) == 0;
    pages[i].there |= writable;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    pages[i].turn++;
    pid_t pid = fork();
    if (pid == 0) child();
    if (writable) { /* while the child shares it: who reads here must see the copy from now on */
      pages[i].turn++;
      __atomic_thread_fence(__ATOMIC_SEQ_CST);
      fill(page, pages[i].value = (uint32_t)i << 24 | ++epoch);
      __atomic_thread_fence(__ATOMIC_SEQ_CST);
      pages[i].turn++;
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) wrong_child++;
    break;
  }
  case 10: /* stores fault meanwhile, and are made again */
    mprotect(scratch, MOST_WORKERS * PAGE, PROT_READ);
    mprotect(scratch, MOST_WORKERS * PAGE, rights);
    break;
  }
}

int main(int argc, char **argv) {
  uint32_t seed = argc > 1 ? (uint32_t)atoi(argv[1]) : 1;
  int operations = argc > 2 ? atoi(argv[2]) : 60, workers = argc > 3 ? atoi(argv[3]) : 3;
  struct sigaction action = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO};
  pthread_t threads[MOST_WORKERS];
  sigaction(SIGSEGV, &action, NULL);
  region = mmap(NULL, (2 * PAGES + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  scratch = mmap(NULL, MOST_WORKERS * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < PAGES; i++) change(i, 0);
  for (long n = 0; n < workers; n++) pthread_create(&threads[n], NULL, work, (void *)n);
  while (!ready) sched_yield();
  for (int n = 0; n < operations; n++) {
    change((int)(next(&seed) % PAGES), next(&seed) % 11);
    for (volatile uint32_t pause = next(&seed) % 2000; pause; pause--) continue;
  }
  stop = 1;
  for (int n = 0; n < workers; n++) {
    pthread_join(threads[n], NULL);
    uint32_t *last = (uint32_t *)(scratch + n * PAGE + 64 * ((wrote[n] - 1) % 60));
    if (wrote[n] && *last != wrote[n]) wrong_scratch++;
  }
  if (wrong_value | wrong_fault | missing_fault | wrong_register | wrong_scratch | wrong_child)
    printf("wrong: %u values, %u faults, %u faults that did not come, %u registers, %u written, %u children\n", wrong_value, wrong_fault,
           missing_fault, wrong_register, wrong_scratch, wrong_child);
  else
    printf("all as it must be\n");
  return 0;
}
