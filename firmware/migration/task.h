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

/* Memory of the supervisor whose pages are not in a row. The frame is kept here meanwhile. */
struct scattered {
  struct mig_frame frame;
  struct span frame_span, area;
  bool frame_copied; /* else the frame is in one piece, and only the area is not */
  struct scattered *next;
};

struct task {
  uint64_t tid;
  uint64_t satp;
  /*
   * The thread's scalar registers: the supervisor's own frame, by its physical address, or scattered->frame. The supervisor can write
   * there at any time, so nothing in it is believed; its registers go to U-mode only.
   */
  struct mig_frame *frame;
  uint8_t *area;            /* save area of its class, by its physical address; none: scattered->area */
  struct scattered *scattered;
  const struct migration_class *class;
  uint32_t flags;           /* enum mig_flags */
  uint32_t place;           /* enum mig_place */
  uint32_t word;            /* enum mig_state_word of its class's save area */
  uint32_t vlenb;           /* of saved vector state, else 0 */
  uint64_t stamp;           /* of saved state, else 0 */
  struct hart *origin;      /* where it came from and returns to */
  struct hart *accelerator; /* where it is queued or runs; none yet */
  uint64_t counters;        /* scounteren and senvcfg of the hart it came from: what U-mode may do */
  uint64_t environment;
  uint64_t reason, value, cycles, instructions;
  bool recall; /* the supervisor wants it back */
  bool sent;   /* it is in a queue from which messages can't be taken back */
  bool ran;
  bool floats;        /* it changed its f registers */
  struct task *next;  /* in the one queue that holds it */
  struct task *chain; /* tasks whose tids have the same hash */
  uint32_t generation; /* how often this place was used */
};

/* Every queue of 16 accelerator harts full, and as many again on the way. */
enum { MAX_TASKS = 2304, MAX_SCATTERED = 32 };

static inline bool task_is_guest(const struct task *task) { return task->flags & MIG_GUEST; }

/* A task for this tid. None: *error says whether the tid is away already or all are in use. */
struct task *task_new(uint64_t tid, int64_t *error);
void task_free(struct task *task);

/* Room for a task whose memory is scattered; false: all is in use. */
bool task_scatter(struct task *task);

/* Run visit on the task of this tid while it can't be freed or reused; false: no such thread is away. */
bool task_visit(uint64_t tid, void (*visit)(struct task *task, void *argument), void *argument);

/* A name for the task as long as its thread is away: where a message can't be taken back, its receiver asks whether it still counts. */
uint64_t task_name(const struct task *task);
/* Does the thread of this name wait in a queue? */
bool task_waits(uint64_t name);
/* The thread of this name, which waits no longer; none when it had been taken back. */
struct task *task_claim(uint64_t name);

#endif
