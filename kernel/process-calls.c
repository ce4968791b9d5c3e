#include "calls.h"
#include "errno.h"
#include "masking.h"
#include "migration-calls.h"
#include "pages.h"
#include "random.h"
#include "scheduler.h"
#include "state.h"
#include "text.h"
#include "clock.h"
#include "user.h"

int64_t sys_exit(struct task *self, const uint64_t *a) {
  (void)self;
  task_exit(status_exited((unsigned)a[0]));
}

int64_t sys_exit_group(struct task *self, const uint64_t *a) {
  process_end(self->process, status_exited((unsigned)a[0]));
  task_exit(self->process->status);
}

int64_t sys_set_tid_address(struct task *self, const uint64_t *a) {
  self->clear_child_tid = masking_address(self->process, a[0]);
  return self->tid;
}

/* Accepted and not used: it matters to futexes that processes share. */
int64_t sys_set_robust_list(struct task *self, const uint64_t *a) {
  (void)self;
  return a[1] == 24 ? 0 : -EINVAL;
}

static struct task *task_or_self(struct task *self, uint64_t tid) { return tid ? task_find((int)tid) : self; }

int64_t sys_sched_setaffinity(struct task *self, const uint64_t *a) {
  struct task *t = task_or_self(self, a[0]);
  if (!t) return -ESRCH;
  struct hart_mask wanted = {0}, all = harts_all();
  if (!copy_from_user(&wanted, a[2], smaller(a[1], sizeof wanted))) return -EFAULT;
  uint64_t any = 0;
  for (int i = 0; i < 2; i++) any |= wanted.bits[i] &= all.bits[i];
  if (!any) return -EINVAL;
  t->affinity = wanted;
  task_move(t); /* itself before it is in user mode again; one that sleeps or is away when it is ready */
  return 0;
}

int64_t sys_sched_getaffinity(struct task *self, const uint64_t *a) {
  struct task *t = task_or_self(self, a[0]);
  if (!t) return -ESRCH;
  uint64_t bytes = sizeof t->affinity;
  while (bytes > 8 && !t->affinity.bits[bytes / 8 - 1] && a[1] < bytes) bytes -= 8; /* no more than there are harts for */
  if (a[1] < bytes || a[1] % 8) return -EINVAL;
  return copy_to_user(a[2], &t->affinity, bytes) ? (int64_t)bytes : -EFAULT;
}

int64_t sys_sched_yield(struct task *self, const uint64_t *a) {
  (void)self, (void)a;
  yield();
  return 0;
}

int64_t sys_getcpu(struct task *self, const uint64_t *a) {
  uint32_t hart = self->hart, node = 0;
  if (a[0] && !copy_to_user(a[0], &hart, sizeof hart)) return -EFAULT;
  return a[1] && !copy_to_user(a[1], &node, sizeof node) ? -EFAULT : 0;
}

int64_t sys_getpid(struct task *self, const uint64_t *a) {
  (void)a;
  return self->process->pid;
}

int64_t sys_gettid(struct task *self, const uint64_t *a) {
  (void)a;
  return self->tid;
}

int64_t sys_getppid(struct task *self, const uint64_t *a) {
  (void)a;
  return self->process->parent ? self->process->parent->pid : 0;
}

static struct process *process_or_self(struct task *self, uint64_t pid) {
  return pid ? process_find((int)pid) : self->process;
}

int64_t sys_getpgid(struct task *self, const uint64_t *a) {
  const struct process *p = process_or_self(self, a[0]);
  return p ? p->group : -ESRCH;
}

int64_t sys_getsid(struct task *self, const uint64_t *a) {
  const struct process *p = process_or_self(self, a[0]);
  return p ? p->session : -ESRCH;
}

/** Is there a group of this number in the session? */
static bool group_in(int group, int session) {
  for (struct process *p = NULL; (p = process_next(p));)
    if (p->group == group && p->session == session) return true;
  return false;
}

int64_t sys_setpgid(struct task *self, const uint64_t *a) {
  struct process *p = process_or_self(self, a[0]);
  int group = a[1] ? (int)a[1] : p ? p->pid : 0;
  if (group < 0) return -EINVAL;
  if (!p || (p != self->process && p->parent != self->process)) return -ESRCH;
  if (p->session == p->pid || p->session != self->process->session) return -EPERM; /* who leads a session stays in its group */
  if (group != p->pid && !group_in(group, p->session)) return -EPERM;
  p->group = group;
  return 0;
}

int64_t sys_setsid(struct task *self, const uint64_t *a) {
  (void)a;
  struct process *p = self->process;
  if (process_group_exists(p->pid)) return -EPERM;
  return p->session = p->group = p->pid;
}

/** The one user: 0. */
#define ZERO(name)                                                                                                     \
  int64_t sys_##name(struct task *self, const uint64_t *a) {                                                           \
    (void)self, (void)a;                                                                                               \
    return 0;                                                                                                          \
  }
ZERO(getuid)
ZERO(geteuid)
ZERO(getgid)
ZERO(getegid)

int64_t sys_prctl(struct task *self, const uint64_t *a) {
  enum { SET_NAME = 15, GET_NAME = 16, SET_TAGGED_ADDR_CTRL = 55, GET_TAGGED_ADDR_CTRL = 56 };
  switch (a[0]) {
  case SET_NAME: {
    char name[NAME_BYTES] = {0};
    for (int i = 0; i < NAME_BYTES - 1; i++) {
      if (!copy_from_user(name + i, a[1] + (uint64_t)i, 1)) return -EFAULT;
      if (!name[i]) break;
    }
    memcpy(self->name, name, sizeof name);
    return 0;
  }
  case GET_NAME:
    return copy_to_user(a[1], self->name, sizeof self->name) ? 0 : -EFAULT;
  case SET_TAGGED_ADDR_CTRL:
    return a[2] || a[3] || a[4] ? -EINVAL : masking_set(self, a[1]);
  case GET_TAGGED_ADDR_CTRL:
    return a[1] || a[2] || a[3] || a[4] ? -EINVAL : masking_get(self);
  default:
    return migration_prctl(self, a);
  }
}

struct limit {
  uint64_t soft, hard;
};

static bool limit_of(uint64_t resource, struct limit *limit) {
  enum { STACK = 3, CORE = 4, FILES = 7, RESOURCES = 16 };
  *limit = (struct limit){UINT64_MAX, UINT64_MAX};
  if (resource == STACK) limit->soft = 8 << 20;
  if (resource == CORE) limit->soft = limit->hard = 0;
  if (resource == FILES) limit->soft = limit->hard = FILES;
  return resource < RESOURCES;
}

int64_t sys_prlimit64(struct task *self, const uint64_t *a) {
  struct limit limit;
  if (!process_or_self(self, a[0])) return -ESRCH;
  if (!limit_of(a[1], &limit)) return -EINVAL;
  if (a[2]) return -EPERM; /* limits are what they are */
  return !a[3] || copy_to_user(a[3], &limit, sizeof limit) ? 0 : -EFAULT;
}

int64_t sys_getrlimit(struct task *self, const uint64_t *a) {
  (void)self;
  struct limit limit;
  if (!limit_of(a[0], &limit)) return -EINVAL;
  return copy_to_user(a[1], &limit, sizeof limit) ? 0 : -EFAULT;
}

int64_t sys_uname(struct task *self, const uint64_t *a) {
  (void)self;
  static const char fields[6][65] = {"Linux", "harthop", "6.1.0-harthop", "#1 SMP", "riscv64", "(none)"};
  return copy_to_user(a[0], fields, sizeof fields) ? 0 : -EFAULT;
}

int64_t sys_sysinfo(struct task *self, const uint64_t *a) {
  (void)self;
  tasks_reap();
  struct {
    int64_t uptime;
    uint64_t loads[3], total, free, shared, buffers, swap_total, swap_free;
    uint16_t processes, padding;
    uint64_t high_total, high_free;
    uint32_t unit;
  } info = {.uptime = clock_from_ticks(now()).seconds,
            .total = pages_total() * PAGE_SIZE,
            .free = pages_free() * PAGE_SIZE + pieces_free(),
            .processes = (uint16_t)tasks_count(),
            .unit = 1};
  return copy_to_user(a[0], &info, sizeof info) ? 0 : -EFAULT;
}

int64_t sys_getrandom(struct task *self, const uint64_t *a) {
  (void)self;
  uint8_t buffer[64];
  for (uint64_t done = 0, n; done < a[1]; done += n) {
    n = smaller(sizeof buffer, a[1] - done);
    random_bytes(buffer, n);
    if (!copy_to_user(a[0] + done, buffer, n)) return done ? (int64_t)done : -EFAULT;
  }
  return (int64_t)a[1];
}
