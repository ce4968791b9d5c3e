#include "calls.h"
#include "clock.h"
#include "errno.h"
#include "scheduler.h"
#include "state.h"
#include "user.h"

enum { SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2, SS_ONSTACK = 1, SS_DISABLE = 2, MINSIGSTKSZ = 2048, MASK_BYTES = 8 };

static struct siginfo from_user(struct task *self, int code) {
  return (struct siginfo){.code = code, .pid = self->process->pid};
}

static bool is_signal(int64_t signo) { return signo >= 0 && signo <= SIGNALS; }

/** Is the process one of those that kill(2) means by 0, -1 and the negative of a group's number? */
static bool meant(const struct process *p, const struct process *self, int pid) {
  if (pid == -1) return p != self && p->parent; /* everyone, as Linux has it: not oneself, and not the first process */
  return p->group == (pid ? -pid : self->group);
}

int64_t sys_kill(struct task *self, const uint64_t *a) {
  int pid = (int)a[0], signo = (int)a[1];
  if (!is_signal(signo)) return -EINVAL;
  bool any = false;
  for (struct process *p = NULL, *next = process_next(p); (p = next);) {
    next = process_next(p);
    if (pid > 0 ? p->pid != pid : !meant(p, self->process, pid)) continue;
    any = true;
    if (signo) signal_process(p, signo, from_user(self, SI_USER));
  }
  return any ? 0 : -ESRCH;
}

static int64_t kill_task(struct task *self, int tid, int signo) {
  if (!is_signal(signo) || tid <= 0) return -EINVAL;
  struct task *t = task_find(tid);
  if (!t) return -ESRCH;
  if (signo == SIGKILL)
    signal_process(t->process, signo, from_user(self, SI_TKILL));
  else if (signo)
    signal_task(t, signo, from_user(self, SI_TKILL));
  return 0;
}

int64_t sys_tkill(struct task *self, const uint64_t *a) { return kill_task(self, (int)a[0], (int)a[1]); }

int64_t sys_tgkill(struct task *self, const uint64_t *a) {
  struct task *t = task_find((int)a[1]);
  if (t && t->process->pid != (int)a[0]) return -ESRCH;
  return kill_task(self, (int)a[1], (int)a[2]);
}

int64_t sys_rt_sigaction(struct task *self, const uint64_t *a) {
  uint64_t signo = a[0];
  if (a[3] != MASK_BYTES || signo < 1 || signo > SIGNALS) return -EINVAL;
  struct signal_action *action = &self->process->actions[signo], old = *action, new;
  if (a[1]) {
    if (signo == SIGKILL || signo == SIGSTOP) return -EINVAL;
    if (!copy_from_user(&new, a[1], sizeof new)) return -EFAULT;
    *action = new;
  }
  return !a[2] || copy_to_user(a[2], &old, sizeof old) ? 0 : -EFAULT;
}

int64_t sys_rt_sigprocmask(struct task *self, const uint64_t *a) {
  if (a[3] != MASK_BYTES) return -EINVAL;
  uint64_t old = self->blocked, set;
  if (a[1]) {
    if (!copy_from_user(&set, a[1], sizeof set)) return -EFAULT;
    set &= ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
    switch ((int)a[0]) {
    case SIG_BLOCK:
      self->blocked |= set;
      break;
    case SIG_UNBLOCK:
      self->blocked &= ~set;
      break;
    case SIG_SETMASK:
      self->blocked = set;
      break;
    default:
      return -EINVAL;
    }
  }
  return !a[2] || copy_to_user(a[2], &old, sizeof old) ? 0 : -EFAULT;
}

int64_t sys_rt_sigpending(struct task *self, const uint64_t *a) {
  if (a[1] != MASK_BYTES) return -EINVAL;
  uint64_t set = (self->pending | self->process->pending) & self->blocked;
  return copy_to_user(a[0], &set, sizeof set) ? 0 : -EFAULT;
}

int64_t sys_rt_sigsuspend(struct task *self, const uint64_t *a) {
  uint64_t set;
  if (a[1] != MASK_BYTES) return -EINVAL;
  if (!copy_from_user(&set, a[0], sizeof set)) return -EFAULT;
  if (!self->restore_mask) self->saved_mask = self->blocked;
  self->restore_mask = true; /* the handler's frame carries the old mask, so that it is back when the handler is done */
  self->blocked = set & ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
  while (clock_wait(NEVER) != WOKEN_BY_SIGNAL)
    ;
  return -EINTR;
}

int64_t sys_rt_sigtimedwait(struct task *self, const uint64_t *a) {
  uint64_t set, deadline = NEVER;
  if (a[3] != MASK_BYTES) return -EINVAL;
  if (!copy_from_user(&set, a[0], sizeof set)) return -EFAULT;
  int64_t error = a[2] ? clock_deadline(a[2], true, &deadline) : 0;
  if (error) return error;
  struct {
    struct siginfo used;
    uint8_t rest[128 - sizeof(struct siginfo)];
  } info = {0};
  int signo;
  while (!(signo = signal_take(self, set, &info.used))) {
    self->awaited = set;
    enum woken woken = clock_wait(deadline);
    self->awaited = 0;
    if (woken == WOKEN_BY_TIME) return -EAGAIN;
    if (woken == WOKEN_BY_SIGNAL && signal_pending(self)) return -EINTR; /* another one, that has a handler */
  }
  return !a[1] || copy_to_user(a[1], &info, sizeof info) ? signo : -EFAULT;
}

int64_t sys_rt_sigreturn(struct task *self, const uint64_t *a) {
  (void)a;
  if (!signal_frame_pop(self)) process_end(self->process, status_killed(SIGSEGV));
  self->in_call = false; /* a0 is the interrupted code's, no result */
  return 0;
}

int64_t sys_sigaltstack(struct task *self, const uint64_t *a) {
  struct alternate_stack old = self->alternate, new;
  uint64_t sp = *frame_x(self->frame, SP);
  bool used = old.bytes && sp > old.base && sp <= old.base + old.bytes;
  old.flags = !old.bytes ? SS_DISABLE : used ? SS_ONSTACK : 0;
  if (a[0]) {
    if (used) return -EPERM;
    if (!copy_from_user(&new, a[0], sizeof new)) return -EFAULT;
    if (new.flags & ~(SS_DISABLE | SS_ONSTACK)) return -EINVAL;
    if (!(new.flags & SS_DISABLE) && new.bytes < MINSIGSTKSZ) return -ENOMEM;
    self->alternate = new.flags & SS_DISABLE ? (struct alternate_stack){0} : new;
  }
  return !a[1] || copy_to_user(a[1], &old, sizeof old) ? 0 : -EFAULT;
}
