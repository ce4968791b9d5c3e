/*
 * A thread that is away from the hart it was scheduled on: from the migrate call until its completion is in
 * the ring.
 */
#ifndef TASK_H
#define TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "../access.h"
#include "../hart.h"
#include "migration.h"

struct migration_class;

struct task {
  uint64_t tid;
  uint64_t satp;
  uint64_t flags; /* enum mig_flags */
  const struct migration_class *class;
  uint32_t place;           /* enum mig_place */
  bool recall;              /* the supervisor wants it back */
  struct hart *origin;      /* where it came from and returns to */
  struct hart *accelerator; /* where it is queued or runs */
  uint32_t word;            /* enum mig_state_word of its class's save area */
  uint32_t vlenb;           /* of saved vector state, else 0 */
  uint64_t counters;        /* scounteren and senvcfg of the hart it came from: what U-mode may do */
  uint64_t environment;
  uint64_t reason, value, cycles, instructions;
  bool ran;
  struct task *next; /* in the one queue that holds it */
  /* Filled in by the call of migrate; not cleared before. */
  struct mig_frame frame; /* scalar registers while it is away */
  struct span frame_span; /* where the supervisor keeps them, */
  struct span area;       /* and the save area of its class */
};

enum { MAX_TASKS = 256 };

/* A task for this tid. None: *error says whether the tid is away already or all are in use. */
struct task *task_new(uint64_t tid, int64_t *error);
void task_free(struct task *task);

/* Run visit on the task of this tid while it can't be freed or reused; false: no such thread is away. */
bool task_visit(uint64_t tid, void (*visit)(struct task *task, void *argument), void *argument);

#endif
