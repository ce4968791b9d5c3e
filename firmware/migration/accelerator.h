/*
 * The half of a migration on an accelerator hart: take a thread, run it in U-mode until it traps, send it
 * home.
 */
#ifndef ACCELERATOR_H
#define ACCELERATOR_H

#include "../hart.h"

/* Wait for threads and run them, for ever (entry.S). */
_Noreturn void accelerator_start(void);

/* A trap of the thread here, whose registers are in its frame: returns the frame to go on with, or none when the thread has left. */
struct mig_frame *accelerator_trap(struct mig_frame *frame);

/* Wait for the next thread: returns its frame, with the other registers loaded. */
struct mig_frame *accelerator_wait(void);

/* Some thread was recalled: if it is the one here, it leaves. */
void accelerator_recalled(void);

/* A remote fence is about to be served: a thread of that address space leaves first. */
void accelerator_fenced(const struct fence_request *request);

/* Called by who asks for a fence: must this hart be asked? If not it sees to the fence before its next thread runs. */
bool accelerator_concerned(struct hart *hart, const struct fence_request *request);

#endif
