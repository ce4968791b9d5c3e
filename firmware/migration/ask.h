/* A thread stays on its accelerator hart and asks its supervisor to serve what it trapped for (enum mig_answer). */
#ifndef ASK_H
#define ASK_H

#include "task.h"

/* Is a trap of this cause one for which the thread asks rather than goes home? */
static inline bool ask_wanted(const struct task *task, uint64_t cause) {
  enum { CALLS = 1 << 8, FAULTS = 1 << 12 | 1 << 13 | 1 << 15 };
  uint32_t causes = (task->flags & MIG_ASK_FOR_CALLS ? CALLS : 0) | (task->flags & MIG_ASK_FOR_FAULTS ? FAULTS : 0);
  return cause < 32 && causes >> cause & 1;
}

/* Ask, and wait for the answer. True: the thread goes on here. False: it goes home for what it trapped for. */
bool ask(struct task *task, uint64_t cause, uint64_t value);

#endif
