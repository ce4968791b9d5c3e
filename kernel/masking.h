/** Pointer masking: user code may keep data in the upper bits of its pointers (Supm; privileged specification, "Pointer Masking Extensions"). */
#pragma once
#include <stdint.h>

struct task;
struct process;

/** prctl's PR_SET_TAGGED_ADDR_CTRL: how many upper bits are ignored, and whether system calls ignore them too. */
int64_t masking_set(struct task *self, uint64_t control);
/** prctl's PR_GET_TAGGED_ADDR_CTRL. */
int64_t masking_get(const struct task *self);
/** A task begins on this hart: its masking is put in force. */
void masking_load(const struct task *t);
/** The address that a pointer given to a system call means. */
uint64_t masking_address(const struct process *p, uint64_t va);
