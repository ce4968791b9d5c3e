/** Why a hart comes into the kernel, and what is done about it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct task;

/** Is this the cause of a page fault of the task, and could it be served? */
bool page_fault_served(struct task *t, uint64_t cause, uint64_t va);
/** Serve the interrupts that are pending, without trapping for them. */
void interrupts_take(void);
