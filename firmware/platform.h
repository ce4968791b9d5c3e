/* What the device tree says of the machine. */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#include "tree.h"

enum { MAX_MEMORY = 8, MAX_TIMERS = 8 };

struct range {
  uint64_t start, end;
};

struct platform {
  struct range memory[MAX_MEMORY];
  uint32_t memory_count;
  /* Registers of the timer and of software interrupts: closed to the supervisor. */
  struct range timer[MAX_TIMERS];
  uint32_t timer_count;
  volatile uint32_t *finisher; /* none: no power-off */
  const char *bootargs;
};

extern struct platform platform;

/* Fill in `platform`, the table of harts, and the console. */
void platform_read(const struct tree *tree);

#endif
