/* What accelerator harts have to do, by which threads are given to them. */
#ifndef LOAD_H
#define LOAD_H

#include "task.h"

/* Do threads of its classes want this hart? A guest gives way to them. */
static inline bool load_waits(const struct hart *hart) {
  return __atomic_load_n(&hart->accelerator.load, __ATOMIC_ACQUIRE);
}

/* The thread is about to be sent there. False: a guest, and there is one already. */
static inline bool load_add(struct hart *to, const struct task *task) {
  struct accelerator *there = &to->accelerator;
  uint32_t none = 0;
  if (task_is_guest(task))
    return __atomic_compare_exchange_n(&there->guests, &none, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
  __atomic_fetch_add(&there->load, 1, __ATOMIC_RELEASE);
  return true;
}

/* The thread has left, or was not sent there after all. */
static inline void load_remove(struct hart *from, const struct task *task) {
  __atomic_fetch_sub(task_is_guest(task) ? &from->accelerator.guests : &from->accelerator.load, 1, __ATOMIC_RELEASE);
}

#endif
