/*
 * The half of a migration on the hart where the thread is at home: its completion ring. Whoever has a completion writes it there itself.
 */
#ifndef ORIGIN_H
#define ORIGIN_H

#include "../hart.h"

struct task;

/* Register the supervisor's ring for this hart; entries 0 removes it. Returns an error of mig_error, or 0. */
int64_t origin_set_ring(uint64_t pa, uint64_t entries);

/* A thread's registers are in the supervisor's memory: put its completion into its origin's ring, and announce it. The task is free then. */
void origin_complete(struct task *task);

/* Put a thread's question into its origin's ring, and announce it; false: there is no room. */
bool origin_ask(const struct task *task);

/* Put what had no room into this hart's ring, as far as there is room now, and announce it. */
void origin_deliver(void);

/* The same, for those who only look in. */
static inline void origin_look(void) {
  if (__atomic_load_n(&hart_self()->origin.kept, __ATOMIC_RELAXED)) origin_deliver();
}

/*
 * Can local interrupt 16 be delegated on this hart, raised by firmware and cleared by the supervisor? Leaves
 * it delegated if so.
 */
bool origin_probe_interrupt(void);

/* When all harts have been probed: choose the interrupt that announces completions. */
void origin_choose_interrupt(void);

/* The supervisor interrupt that announces completions: one for all harts. */
uint32_t origin_interrupt(void);

#endif
