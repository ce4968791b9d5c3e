/*
 * The half of a migration on an accelerator hart: take a thread, run it in U-mode until it traps, send it
 * home.
 */
#ifndef ACCELERATOR_H
#define ACCELERATOR_H

#include "../hart.h"

/* Go on with the thread of this hart, or wait for one: returns with its registers in regs. */
void accelerator_next(struct regs *regs);

/*
 * The thread trapped (cause of the privileged specification) or is stopped (MIG_REASON_RECALL): save it and
 * send it home.
 */
void accelerator_leave(struct regs *regs, uint64_t reason, uint64_t value);

/* Some thread was recalled: if it is the one here, it leaves. */
void accelerator_recalled(struct regs *regs);

/* A remote fence is about to be served: a thread of that address space leaves first. */
void accelerator_fenced(struct regs *regs, const struct fence_request *request);

#endif
