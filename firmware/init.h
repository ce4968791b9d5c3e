/* How a hart comes up. */
#ifndef INIT_H
#define INIT_H

#include "hart.h"

/* The first hart, on a stack of its own: device tree, devices, table of harts. Returns its structure. */
struct hart *init_first(uint64_t id, const void *tree_blob, const void *next_stage);

/*
 * Every hart, on its stack: its CSRs. Fills in the registers with which it leaves firmware, which may be much
 * later.
 */
void init_hart(struct regs *regs);

/* A stopped hart waits until another starts it; its registers are then those of a new hart. */
void init_wait_start(struct regs *regs);

#endif
