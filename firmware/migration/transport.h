/*
 * How a thread's message gets to an accelerator hart, and how completions are announced. Three implementations; `migrate.transport=` in
 * the boot arguments chooses.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stdbool.h>

#include "task.h"

struct transport {
  const char *name;
  /* Messages of one sender that may wait at an accelerator hart; 0: this machine can't do it. */
  uint32_t (*depth)(void);
  /* Put it where `to` will find it, and interrupt `to` if it listens. False: no room. Afterwards the task is the other hart's. */
  bool (*send)(struct hart *to, struct task *task);
  /* Is there a message for this hart? */
  bool (*waiting)(const struct hart *self);
  /* The next message for this hart, or none. */
  struct task *(*receive)(struct hart *self);
  /* Take back what was sent, while the task is locked (task_visit); false: it was not sent yet, or the receiver has it already. */
  bool (*cancel)(struct hart *to, struct task *task);
  /* Remove from this hart's queue what was taken back; none where cancel does it. */
  void (*tidy)(struct hart *self);
  /* From now on a message interrupts this hart, or no longer does; none where the sender looks at accelerator.listening. */
  void (*listen)(bool on);
  /* Raise the announcing interrupt of another hart. */
  void (*announce)(struct hart *home);
};

extern const struct transport transport_device, transport_fifo, transport_mailbox;
extern const struct transport *transport;

/* Choose by name, or else the first one of the table that the machine can do. */
void transport_init(const char *bootargs);

/* For transports of shared memory: tell the receiver, if it listens; and the announcement. */
void transport_interrupt(struct hart *to);
void transport_announce(struct hart *home);

#endif
