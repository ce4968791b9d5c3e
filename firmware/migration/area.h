/* The save area of a thread: its state word, and the stamp by which a hart knows its own save again. */
#ifndef AREA_H
#define AREA_H

#include "../text.h"
#include "task.h"

/* Bytes of the area, from this offset. */
static inline void area_read(const struct task *task, uint64_t offset, void *to, uint64_t bytes) {
  if (task->area)
    copy(to, task->area + offset, bytes);
  else
    span_read(&task->scattered->area, offset, to, bytes);
}
static inline void area_write(const struct task *task, uint64_t offset, const void *from, uint64_t bytes) {
  if (task->area)
    copy(task->area + offset, from, bytes);
  else
    span_write(&task->scattered->area, offset, from, bytes);
}

/* Note what the area's state word is. */
static inline void area_open(struct task *task) {
  if (task->area)
    task->word = *(volatile uint32_t *)task->area;
  else
    span_read(&task->scattered->area, 0, &task->word, sizeof task->word);
}

/* Does a word say that the memory holds registers? */
static inline bool area_holds(uint32_t word) { return word == MIG_STATE_SAVED || word == MIG_STATE_RESIDENT; }

/* The state word comes last on the way out: a reader that sees `saved` must find the registers there. */
void area_set_word(struct task *task, uint32_t word);

/* Do the registers of this hart for the task's class still hold the save of this stamp? */
bool area_resident(const struct task *task, const struct hart *hart, uint64_t stamp);

/* From the thread's first instruction on the registers differ from the last save. */
void area_live(struct task *task);

/* A stamp for a new save: the hart's index + 1 in the upper 16 bits, the number of its save below. It is never given twice. */
uint64_t area_stamp(void);

/* The registers were saved under this stamp, and are still there. */
void area_saved(struct task *task, uint64_t stamp);

#endif
