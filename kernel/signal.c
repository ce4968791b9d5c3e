#include "signal.h"
#include "errno.h"
#include "print.h"
#include "task.h"

enum : uint64_t {
  SA_RESTART = 0x10000000, SA_NODEFER = 0x40000000, SA_RESETHAND = 0x80000000,
  SIG_DFL = 0, SIG_IGN = 1,
};

/** The signals whose default is to do nothing. Stopping is not done here, so those that stop and continue belong to them. */
static bool ignored_by_default(int signo) {
  switch (signo) {
  case SIGCHLD: case SIGURG: case SIGWINCH: case SIGCONT: case SIGSTOP: case SIGTSTP: case SIGTTIN: case SIGTTOU:
    return true;
  default:
    return false;
  }
}

static bool ignored(const struct process *p, int signo) {
  uint64_t handler = p->actions[signo].handler;
  return handler == SIG_IGN || (handler == SIG_DFL && ignored_by_default(signo));
}

static uint64_t deliverable(const struct task *t) { return (t->pending | t->process->pending) & ~t->blocked; }

bool signal_pending(const struct task *t) { return t->process->dying || deliverable(t); }

/** Would the task do something about this signal: by its handler, or because it waits for it? */
static bool takes(const struct task *t, int signo) { return (~t->blocked | t->awaited) & signal_bit(signo); }

void signal_task(struct task *t, int signo, struct siginfo details) {
  if (ignored(t->process, signo) && !(t->blocked & signal_bit(signo))) return;
  details.signo = signo;
  t->pending |= signal_bit(signo);
  t->details[signo] = details;
  if (takes(t, signo)) task_nudge(t);
}

int signal_take(struct task *t, uint64_t set, struct siginfo *details) {
  struct process *p = t->process;
  set &= t->pending | p->pending;
  if (!set) return 0;
  int signo = __builtin_ctzll(set) + 1;
  bool own = t->pending & signal_bit(signo);
  *details = own ? t->details[signo] : p->details[signo];
  *(own ? &t->pending : &p->pending) &= ~signal_bit(signo);
  return signo;
}

struct siginfo signal_of_child(int pid, unsigned status) {
  int signo = status_signal(status);
  int32_t how = signo ? signo : (int32_t)status_exit(status);
  return (struct siginfo){.signo = SIGCHLD, .code = signo ? CLD_KILLED : CLD_EXITED, .pid = pid, .status = how};
}

void signal_process(struct process *p, int signo, struct siginfo details) {
  if (signo == SIGKILL) {
    process_end(p, status_killed(SIGKILL));
    return;
  }
  struct task *taker = NULL;
  for (struct list *l = p->tasks.next; l != &p->tasks; l = l->next) {
    struct task *t = member_of(l, struct task, sibling);
    if (!takes(t, signo)) continue;
    if (!taker || t == current()) taker = t;
  }
  if (taker && ignored(p, signo) && !(taker->awaited & signal_bit(signo))) return;
  details.signo = signo;
  p->pending |= signal_bit(signo);
  p->details[signo] = details;
  if (taker) task_nudge(taker);
}

void signal_fault(int signo, int code, uint64_t address) {
  struct task *t = current();
  chat("task %d: signal %d at pc %x, address %x", (int64_t)t->tid, (int64_t)signo, t->frame->registers.epc, address);
  if (t->blocked & signal_bit(signo) || ignored(t->process, signo)) { /* it can't go on, so it dies */
    t->process->actions[signo].handler = SIG_DFL;
    t->blocked &= ~signal_bit(signo);
  }
  signal_task(t, signo, (struct siginfo){.code = code, .address = address});
}

void signal_restart(struct task *t, bool again) {
  uint64_t *a0 = frame_x(t->frame, A0);
  if (!t->in_call || *a0 != (uint64_t)-ERESTART) return;
  if (again) {
    *a0 = t->first_argument;
    t->frame->registers.epc -= 4;
  } else {
    *a0 = (uint64_t)-EINTR;
  }
  t->in_call = false;
}

void signal_deliver(struct task *t) {
  struct process *p = t->process;
  uint64_t set = deliverable(t);
  if (p->dying || !set) return;
  /* A fault's signal belongs to the instruction that the task stands at, so it goes first. */
  uint64_t faults = signal_bit(SIGSEGV) | signal_bit(SIGBUS) | signal_bit(SIGILL) | signal_bit(SIGTRAP) | signal_bit(SIGFPE);
  struct siginfo details;
  int signo = signal_take(t, t->pending & set & faults ? t->pending & set & faults : set, &details);

  struct signal_action *action = &p->actions[signo];
  if (ignored(p, signo)) return;
  if (action->handler == SIG_DFL) {
    chat("task %d dies by signal %d", (int64_t)t->tid, (int64_t)signo);
    process_end(p, status_killed(signo));
    return;
  }
  signal_restart(t, action->flags & SA_RESTART);
  if (!signal_frame_push(t, action, &details)) {
    process_end(p, status_killed(SIGSEGV));
    return;
  }
  t->blocked |= action->mask | (action->flags & SA_NODEFER ? 0 : signal_bit(signo));
  t->blocked &= ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
  if (action->flags & SA_RESETHAND) action->handler = SIG_DFL;
}
