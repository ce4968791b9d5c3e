/* wait4(2) and waitid(2): asking for children that have ended. Children do not stop here, so what asks for that finds nothing. */
#include "calls.h"
#include "errno.h"
#include "scheduler.h"
#include "user.h"

enum { WNOHANG = 1, WSTOPPED = 2, WEXITED = 4, WCONTINUED = 8, WNOWAIT = 0x1000000 };
enum { P_ALL = 0, P_PID = 1, P_PGID = 2 };
/** Accepted of both calls: __WNOTHREAD, __WALL and __WCLONE tell apart what is not told apart here. */
static const uint64_t OF_ALL_KINDS = 0xe0000000;

/** Which children are meant. */
struct wanted {
  int kind, id; /* P_* */
};

/** What is to be known of a child that has ended. */
struct ended {
  int pid; /* 0: there is none yet */
  unsigned status;
};

static bool matches(const struct process *child, struct wanted wanted) {
  return wanted.kind == P_ALL || wanted.id == (wanted.kind == P_PID ? child->pid : child->group);
}

/** Look for a child that has ended, and take it away unless it shall stay. @return false when there is no such child, ended or not */
static bool look(struct task *self, struct wanted wanted, bool stays, struct ended *ended) {
  struct list *children = &self->process->children;
  bool any = false;
  for (struct list *l = children->next; l != children; l = l->next) {
    struct process *child = member_of(l, struct process, sibling);
    if (!matches(child, wanted)) continue;
    any = true;
    if (!child->ended) continue;
    *ended = (struct ended){child->pid, child->status};
    if (!stays) process_free(child);
    tasks_reap(); /* so that nothing is left of it when its parent knows */
    return true;
  }
  return any;
}

/** Wait for such a child. @return 0 (with WNOHANG there may be none yet), -ECHILD, -ERESTART */
static int64_t wait_for(struct task *self, struct wanted wanted, uint64_t options, struct ended *ended) {
  *ended = (struct ended){0};
  for (;;) {
    if (!look(self, wanted, options & WNOWAIT, ended)) return -ECHILD;
    if (ended->pid || options & WNOHANG) return 0;
    if (signal_pending(self)) return -ERESTART; /* after the look: the signal is likely to be the child's own */
    sleep_on(&self->process->waiters, NEVER);
  }
}

/** Times and counts are not kept by child. */
static bool give_usage(uint64_t va) {
  static const uint64_t none[18];
  return !va || copy_to_user(va, none, sizeof none);
}

int64_t sys_wait4(struct task *self, const uint64_t *a) {
  int pid = (int)a[0];
  if ((uint32_t)a[2] & ~(OF_ALL_KINDS | WNOHANG | WSTOPPED | WCONTINUED)) return -EINVAL;
  if (pid == INT32_MIN) return -ESRCH;
  struct wanted wanted = pid > 0 ? (struct wanted){P_PID, pid} : pid == -1 ? (struct wanted){P_ALL, 0} : (struct wanted){P_PGID, -pid};
  if (pid == 0) wanted.id = self->process->group;
  struct ended ended;
  int64_t error = wait_for(self, wanted, a[2] & WNOHANG, &ended);
  if (error || !ended.pid) return error;
  if (a[1] && !copy_to_user(a[1], &ended.status, sizeof ended.status)) return -EFAULT;
  return give_usage(a[3]) ? ended.pid : -EFAULT;
}

int64_t sys_waitid(struct task *self, const uint64_t *a) {
  struct wanted wanted = {(int)a[0], (int)a[1]};
  uint64_t options = (uint32_t)a[3];
  if (options & ~(OF_ALL_KINDS | WNOHANG | WSTOPPED | WEXITED | WCONTINUED | WNOWAIT)) return -EINVAL;
  if (!(options & (WEXITED | WSTOPPED | WCONTINUED)) || wanted.kind < P_ALL || wanted.kind > P_PGID) return -EINVAL;
  if (wanted.kind == P_PID && wanted.id <= 0) return -EINVAL;
  if (wanted.kind == P_PGID && wanted.id < 0) return -EINVAL;
  if (wanted.kind == P_PGID && wanted.id == 0) wanted.id = self->process->group;
  struct ended ended;
  if (!(options & WEXITED)) return -ECHILD; /* none will ever stop */
  int64_t error = wait_for(self, wanted, options, &ended);
  if (error) return error;
  struct siginfo info = {0};
  if (ended.pid) info = signal_of_child(ended.pid, ended.status);
  if (a[2] && !copy_to_user(a[2], &info, sizeof info)) return -EFAULT;
  return give_usage(a[4]) ? 0 : -EFAULT;
}
