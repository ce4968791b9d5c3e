#include "lock.h"
#include <stdint.h>

/* A ticket lock: harts get it in the order in which they asked, so none starves while two others trap in turns. */
static uint32_t next_ticket, now_serving;

void kernel_lock(void) {
  uint32_t mine = __atomic_fetch_add(&next_ticket, 1, __ATOMIC_RELAXED);
  while (__atomic_load_n(&now_serving, __ATOMIC_ACQUIRE) != mine) __asm__ volatile(".word 0x0100000f"); /* pause */
}

void kernel_unlock(void) { __atomic_store_n(&now_serving, now_serving + 1, __ATOMIC_RELEASE); }
