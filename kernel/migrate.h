/** Sending tasks to harts that have the instructions they need, and getting them back (docs/migration.md, kernel's share). */
#pragma once
#include "task.h"

void migration_init(void);
/** Register this hart's completion ring. */
void migration_set_ring(struct hart *h);
/** Are there accelerator harts of this class? */
bool migration_offers(int class);
/** Of any class? */
bool migration_offers_any(void);
/**
 * Send the current task away and sleep until it is back. Its frame and vector save area are then as it left the accelerator hart.
 * @return false when it could not go: no memory for its save area, or the firmware refused it for good
 */
bool migration_send(struct task *t, int class);
/** Bring a task back that is away; it comes with reason MIG_REASON_RECALL unless it was coming already. */
void migration_recall(struct task *t);
/** The interrupt that announces completions: wake the tasks that came back to this hart. */
void migration_drain(void);
/** Does a save area of the task hold registers of this class, which is not the vectors'? */
bool migration_unit_saved(const struct task *t, int class);
/** Bytes of the registers in such a save area. */
uint64_t migration_unit_bytes(int class);
/** Free the task's save areas. */
void migration_forget(struct task *t);
/** Which bit of sip announces completions. */
uint64_t migration_interrupt(void);
/** The class of the instruction at the task's pc: -1 for none. False when it can't be read. */
bool migration_class_at(const struct task *t, int *class);
