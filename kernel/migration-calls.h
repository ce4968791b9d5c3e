/** What a program may say of its migrations: options of prctl(2) that are ours, "MIG" + n. */
#pragma once
#include <stdint.h>

struct task;

int64_t migration_prctl(struct task *self, const uint64_t *arguments);
