/** The system calls, each a function of the calling task and its six arguments: `sys_NAME`. See calls.def. */
#pragma once
#include <stdint.h>

struct task;

#define SYSCALL(number, name) int64_t sys_##name(struct task *self, const uint64_t *arguments);
#include "calls.def"
#undef SYSCALL

/** Do the system call that the task's registers ask for; its result is put there. */
void system_call(struct task *t);
