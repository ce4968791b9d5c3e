/**
 * The kernel lock. Whoever runs kernel code holds it, from trap entry to the return to user mode; only the idle loop gives it up
 * in between. Interrupts stay off all that time, so the holder is never interrupted and one lock needs no order.
 *
 * A ticket lock: harts get it in the order in which they asked, so none starves while two others trap in turns.
 */
#pragma once
#include <stdint.h>

extern struct kernel_lock {
  uint32_t next_ticket, now_serving;
} the_kernel_lock;

/** Debuggers see it as part of its caller: who stops at the beginning of a trap wants to see the trap. */
#define PART_OF_CALLER __attribute__((nodebug, always_inline)) static inline

PART_OF_CALLER void kernel_lock(void) {
  uint32_t mine = __atomic_fetch_add(&the_kernel_lock.next_ticket, 1, __ATOMIC_RELAXED);
  while (__atomic_load_n(&the_kernel_lock.now_serving, __ATOMIC_ACQUIRE) != mine)
    __asm__ volatile(".word 0x0100000f"); /* pause */
}

PART_OF_CALLER void kernel_unlock(void) {
  __atomic_store_n(&the_kernel_lock.now_serving, the_kernel_lock.now_serving + 1, __ATOMIC_RELEASE);
}
