/*
 * What threads say that they will do: by the call `hint`, which reserves an accelerator hart, and by the instructions of Xharthint
 * (isa/xharthint.ts), which on such a hart trap with cause MIG_CAUSE_HINT.
 */
#ifndef HINT_H
#define HINT_H

#include "task.h"

/* The call. Returns an SBI error, or one of mig_error. */
int64_t hint_call(uint64_t tid, uint64_t kind, uint64_t class);

/* Is the hart reserved now for a thread other than this? */
bool hint_reserved(const struct hart *hart, uint64_t tid);

/* The thread goes out, and needs its reservation no more. */
void hint_used(uint64_t tid);

/* A hint instruction of the thread that is here: does it leave for that? */
bool hint_ends(const struct task *task, uint64_t instruction);

#endif
