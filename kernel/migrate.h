/** Sending tasks to harts that have the instructions they need, and getting them back (docs/migration.md, kernel's share). */
#pragma once
#include "task.h"

enum { MIGRATION_REFUSED = 0xffff };

void migration_init(void);
/** Register this hart's completion ring. */
void migration_set_ring(struct hart *h);
/** Are there accelerator harts of this class? */
bool migration_offers(int class);
/** Of any class? */
bool migration_offers_any(void);
/**
 * Send the current task away. When it is back it goes on at `return_from_afar`, with its frame and save area as it left the accelerator hart
 * and the reason in `completion`. Comes back to its caller only when the task can't go: no memory for its save area, or the
 * firmware refuses it for good. (Refused after a time in the queue it gets reason MIGRATION_REFUSED.)
 */
void migration_send(struct task *t, int class);
/** Has a class harts that no task is on or queued for? */
bool migration_has_idle(int class);
/**
 * Others wait for this hart: send the current task, which stands at the return to user mode, to an accelerator hart as a guest if one idles.
 * Comes back when none does.
 */
void migration_offer_guest(struct task *t);
/** Tell the firmware what a task at home expects. */
void migration_hint(struct task *t, enum mig_hint hint, int class);
/** Bring a task back that is away; it comes with reason MIG_REASON_RECALL unless it was coming already. */
void migration_recall(struct task *t);
/** When a task has had its accelerator hart for a slice while others wait for it: as time() has it, NEVER. */
uint64_t migration_slice_end(void);
/** Bring those home whose slice is over. */
void migration_tick(void);
/** The interrupt that announces completions: wake the tasks that came back to this hart. */
void migration_drain(void);
/** Does a save area of the task hold registers of this class, which is not the vectors'? */
bool migration_unit_saved(const struct task *t, int class);
/** Bytes of the registers in such a save area. */
uint64_t migration_unit_bytes(int class);
/** Give a task what another one's save areas hold. @return false when memory is used up */
bool migration_copy(struct task *to, const struct task *from);
/** Free the task's save areas. */
void migration_forget(struct task *t);
/** Which bit of sip announces completions. */
uint64_t migration_interrupt(void);
/** The class of an illegal instruction: -1 for none. @param bits stval; 0: see at the task's pc. False when it can't be read there. */
bool migration_class_of(const struct task *t, uint64_t bits, int *class);
