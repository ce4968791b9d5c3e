/** The registers beside x0 to x31: who holds their values, the hart or memory. The kernel itself uses none of them. */
#pragma once
#include "task.h"

/** Bring the memory copy (frame, vector save area) up to date, and let go of the vector unit. */
void state_save(struct task *t);
/** Load the hart's registers for the task that it will run. */
void state_load(struct task *t);
/** Bring the frame's f registers up to date, for who wants to read or replace them while the task is in the kernel. */
void state_sync(struct task *t);
/** The frame's f registers were replaced. */
void state_reload(struct task *t);

/** Make the task's vector save area big enough for this VLEN / 8. @return false when memory is used up */
bool vector_area(struct task *t, uint64_t vlenb);
/** A vector instruction on a hart that has V, while its unit is not the task's. @return false when memory is used up */
bool vector_begin(struct task *t);
/** Does the save area hold the task's vector values? */
bool vector_saved(const struct task *t);
/** A system call clobbers them, as Linux's ABI has it: nothing need be kept. */
void vector_discard(struct task *t);
/** The harts of its affinity on which the task's live vector state survives; all of them where it would on none. */
struct hart_mask vector_harts(const struct task *t);
