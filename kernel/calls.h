/** The system calls, each a function of the calling task and its six arguments: `sys_NAME`. See calls.def. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct task;

#define SYSCALL(number, name) int64_t sys_##name(struct task *self, const uint64_t *arguments);
#include "calls.def"
#undef SYSCALL

/** Do the system call that the task's registers ask for; its result is put there. */
void system_call(struct task *t);
/** Can it be done while the task is away? */
bool call_may_be_asked(const struct task *t);
/** Then do it, vector registers left as they are, and step over the instruction. @return false when it has to sleep: nothing was done */
bool system_call_asked(struct task *t);
