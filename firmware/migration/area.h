/* The save area of a thread: its state word, and the stamp by which a hart knows its own save again. */
#ifndef AREA_H
#define AREA_H

#include "task.h"

/* Note the area and its state word. Returns an error of mig_error, or 0. */
int64_t area_open(struct task *task, uint64_t va, uint64_t bytes);

/* Does a word say that the memory holds registers? */
static inline bool area_holds(uint32_t word) { return word == MIG_STATE_SAVED || word == MIG_STATE_RESIDENT; }

/* The state word comes last on the way out: a reader that sees `saved` must find the registers there. */
void area_set_word(struct task *task, uint32_t word);

/* Do this hart's registers of the task's class still hold the save of this stamp? */
bool area_resident(const struct task *task, uint64_t stamp);

/* From the thread's first instruction on the registers differ from the last save. */
void area_live(struct task *task);

/* A stamp for a new save. It is never given twice. */
uint64_t area_stamp(void);

/* The registers were saved under this stamp, and are still there. */
void area_saved(struct task *task, uint64_t stamp);

#endif
