/* clone(2): new threads, and new processes by fork, by vfork, and with an address space shared for as long as they live. */
#include "calls.h"
#include "errno.h"
#include "masking.h"
#include "migrate.h"
#include "scheduler.h"
#include "space.h"
#include "state.h"
#include "user.h"

enum : uint64_t {
  EXIT_SIGNAL = 0xff, CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800, CLONE_VFORK = 0x4000,
  CLONE_THREAD = 0x10000, CLONE_SYSVSEM = 0x40000, CLONE_SETTLS = 0x80000, CLONE_PARENT_SETTID = 0x100000,
  CLONE_CHILD_CLEARTID = 0x200000, CLONE_DETACHED = 0x400000, CLONE_CHILD_SETTID = 0x1000000, CLONE_IO = 0x80000000,
  OF_THREADS = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD,
  /* CLONE_FS, CLONE_SYSVSEM, CLONE_IO: there is nothing that could be shared or not. */
  OF_PROCESSES = EXIT_SIGNAL | CLONE_VM | CLONE_FS | CLONE_VFORK | CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                 CLONE_CHILD_CLEARTID | CLONE_DETACHED | CLONE_CHILD_SETTID | CLONE_IO,
};

/** A process with one task, the caller's child, with copies of all that the caller's registers hold. NULL when memory is used up. */
static struct task *new_process(struct task *self, uint64_t flags) {
  struct process *parent = self->process;
  struct space *space = flags & CLONE_VM ? parent->space : space_fork(parent->space);
  if (!space) return NULL;
  space_hold(space); /* until its task does */
  struct process *child = process_create(space);
  struct task *t = child ? task_create(child, self->name) : NULL;
  space_drop(space);
  if (t && !migration_copy(t, self)) {
    task_abandon(t);
    t = NULL;
  }
  if (t) {
    process_adopt(parent, child);
    child->exit_signal = (int)(flags & EXIT_SIGNAL);
    if (!(flags & CLONE_VM) || flags & CLONE_VFORK) t->alternate = self->alternate;
  } else if (child) {
    process_free(child);
  }
  return t;
}

int64_t sys_clone(struct task *self, const uint64_t *a) {
  uint64_t flags = a[0];
  bool thread = flags & CLONE_THREAD;
  if (thread ? (flags & OF_THREADS) != OF_THREADS : flags & ~OF_PROCESSES) return -EINVAL;
  if ((flags & EXIT_SIGNAL) > SIGNALS) return -EINVAL;
  if (self->process->dying) return -EAGAIN; /* who is to be killed has been told already */
  state_save(self); /* what the new one begins with is read from memory */
  struct task *t = thread ? task_create(self->process, self->name) : new_process(self, flags);
  if (!t) return thread ? -EAGAIN : -ENOMEM;
  task_inherit(t, self);
  *t->frame = *self->frame;
  *frame_x(t->frame, A0) = 0;
  if (a[1]) *frame_x(t->frame, SP) = a[1];
  if (flags & CLONE_SETTLS) *frame_x(t->frame, TP) = a[3];
  uint32_t tid = (uint32_t)t->tid;
  uint64_t child_tid = masking_address(self->process, a[4]);
  if (flags & CLONE_CHILD_CLEARTID) t->clear_child_tid = child_tid;
  if (flags & CLONE_PARENT_SETTID) copy_to_user(a[2], &tid, sizeof tid); /* as in Linux, a bad pointer is not an error */
  if (flags & CLONE_CHILD_SETTID) copy_to_space(t->process->space, child_tid, &tid, sizeof tid);
  task_ready(t);
  if (!thread && flags & CLONE_VFORK) sleep_firmly(&t->process->release); /* until it has left the address space */
  return (int64_t)tid;
}
