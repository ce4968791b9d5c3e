/** Time as programs see it: nanoseconds since reset, for every clock. The board need not have a calendar. */
#pragma once
#include <stdbool.h>
#include "task.h"
#include <stdint.h>

struct timespec {
  int64_t seconds, nanoseconds;
};

struct timespec clock_from_ticks(uint64_t ticks);
/** Ticks of a span; a fraction of a tick counts as one, so that no sleep is too short. UINT64_MAX for spans beyond counting. */
uint64_t clock_to_ticks(struct timespec t);
/** The timer value that user memory's timespec stands for, from now on or from reset on. @return 0, -EFAULT, -EINVAL */
int64_t clock_deadline(uint64_t va, bool from_now, uint64_t *deadline);

/** Sleep until a time in ticks, or until a signal. */
enum woken clock_wait(uint64_t deadline);
