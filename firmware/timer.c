#include "timer.h"

#include "csr.h"
#include "hart.h"

/*
 * Ticks of mtime after which a full completion ring is looked at again: 100 microseconds at the usual 10 MHz.
 */
enum { RETRY_TICKS = 1000 };

static void program(struct hart *self, uint64_t deadline) {
  *self->mtimecmp = deadline;
  csr_set(mie, 1 << INTERRUPT_MT);
}

void timer_set(uint64_t deadline) {
  struct hart *self = hart_self();
  if (isa_has(self->isa, ISA_SSTC)) {
    csr_write(0x14d, deadline); /* stimecmp */
    return;
  }
  self->deadline = deadline;
  /* A new deadline takes the pending interrupt back (SBI, TIME extension). */
  csr_clear(mip, 1 << INTERRUPT_ST);
  if (!self->mtimecmp) return;
  if (!self->retry_armed || deadline < *self->mtimecmp) program(self, deadline);
}

void timer_retry(void) {
  struct hart *self = hart_self();
  if (self->retry_armed || !self->mtimecmp) return;
  uint64_t at = *self->mtime + RETRY_TICKS;
  self->retry_armed = true;
  if (at < self->deadline) program(self, at);
}

void timer_expired(void) {
  struct hart *self = hart_self();
  self->retry_armed = false;
  /* Level-triggered: it must be masked or moved before the return. */
  if (self->deadline <= *self->mtime) {
    self->deadline = UINT64_MAX;
    csr_set(mip, 1 << INTERRUPT_ST);
  }
  if (self->deadline == UINT64_MAX)
    csr_clear(mie, 1 << INTERRUPT_MT);
  else
    program(self, self->deadline);
}
