/* What the device tree says of the machine. */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#include "tree.h"

enum { MAX_MEMORY = 8, MAX_CLOSED = 8 };

struct range {
  uint64_t start, end;
};

struct platform {
  struct range memory[MAX_MEMORY];
  uint32_t memory_count;
  struct range behind; /* the RAM that goes on behind firmware's */
  /* Registers of the timer, of software interrupts, of mailboxes: closed to the supervisor. */
  struct range closed[MAX_CLOSED];
  uint32_t closed_count;
  /* Mailboxes of harts, a page each by index of their wires (hart.mailbox); slots 0: there are none. */
  uint32_t mailbox_slots;
  volatile uint32_t *finisher; /* none: no power-off */
  const char *bootargs;
};

extern struct platform platform;

/* Fill in `platform`, the table of harts, and the console. */
void platform_read(const struct tree *tree);

#endif
