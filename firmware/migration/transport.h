/*
 * How a thread's message gets from one hart to another: out to an accelerator hart, and home to its origin.
 * Two implementations; `migrate.transport=` in the boot arguments chooses.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stdbool.h>

#include "task.h"

struct transport {
  const char *name;
  /* Messages of one sender that may wait at an accelerator hart. */
  uint32_t depth;
  /* Put it where `to` will find it; the caller announces it. False: no room. */
  bool (*send)(struct hart *to, struct task *task);
  /* The next message for this hart, or none. */
  struct task *(*receive)(struct hart *self);
  /* Take back what was sent; false: the receiver has it already. */
  bool (*cancel)(struct hart *to, struct task *task);
};

extern const struct transport transport_fifo, transport_mailbox;
extern const struct transport *transport;

/* Choose by name; the first one of the table unless it is known. */
void transport_init(const char *bootargs);

#endif
