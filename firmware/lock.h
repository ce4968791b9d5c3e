/*
 * Spin lock. Firmware runs with interrupts off, so a holder is never interrupted; only the lock of the tasks
 * is held while another is taken. Harts get it in the order in which they asked: one that takes and drops it in a loop must not keep
 * another waiting for ever.
 */
#ifndef LOCK_H
#define LOCK_H

#include <stdint.h>

struct lock {
  uint32_t tickets;
  uint32_t serving;
};

/* Acquire: what the last holder wrote is seen by this one. */
static inline void lock_take(struct lock *lock) {
  uint32_t mine = __atomic_fetch_add(&lock->tickets, 1, __ATOMIC_RELAXED);
  while (__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != mine) __asm__ volatile(".word 0x0100000f"); /* pause */
}

static inline void lock_drop(struct lock *lock) {
  __atomic_store_n(&lock->serving, lock->serving + 1, __ATOMIC_RELEASE);
}

#endif
