/* Remote fences: this hart asks others to fence and waits until all have. */
#ifndef FENCE_H
#define FENCE_H

#include "hart.h"

/*
 * Fence on the harts of an SBI hart mask and, always, on the accelerator harts: the supervisor can't name
 * them. One that runs a thread of the address space stops it and starts its return before it acknowledges; one that runs none fences
 * when the next thread arrives. Returns an SBI error.
 */
int64_t fence_remote(uint64_t mask, uint64_t base, enum fence_kind kind, uint64_t start, uint64_t size, uint64_t asid);

/* Serve the fences that other harts asked of this one. */
void fence_serve(void);

#endif
