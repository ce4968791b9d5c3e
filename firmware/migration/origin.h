/* The half of a migration on the hart where the thread is at home: its completion ring. */
#ifndef ORIGIN_H
#define ORIGIN_H

#include "../hart.h"

struct task;

/* Register the supervisor's ring for this hart; entries 0 removes it. Returns an error of mig_error, or 0. */
int64_t origin_set_ring(uint64_t pa, uint64_t entries);

/* Send a thread home: called by the hart on which it is. */
void origin_send(struct task *task);

/* Threads came home to this hart: take them from the transport and deliver. */
void origin_receive(void);

/* Put what is at home into the ring, as far as there is room, and announce it. */
void origin_deliver(void);

/*
 * Can local interrupt 16 be delegated on this hart, raised by firmware and cleared by the supervisor? Leaves
 * it delegated if so.
 */
bool origin_probe_interrupt(void);

/* The supervisor interrupt that announces completions: one for all harts. */
uint32_t origin_interrupt(void);

#endif
