/*
 * Spin lock. Firmware runs with interrupts off, so a holder is never interrupted; only the lock of the tasks
 * is held while another is taken.
 */
#ifndef LOCK_H
#define LOCK_H

#include <stdint.h>

struct lock {
  uint32_t held;
};

/* Acquire: what the last holder wrote is seen by this one. */
static inline void lock_take(struct lock *lock) {
  while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE)) {
  }
}

static inline void lock_drop(struct lock *lock) { __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE); }

#endif
