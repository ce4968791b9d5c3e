#include "masking.h"
#include "errno.h"
#include "generated/extensions.h"
#include "hart.h"
#include "task.h"

/* Of the prctl: an enable bit for system calls, and from this bit on the number of ignored bits. */
enum { CALLS_TOO = 1, LENGTH_SHIFT = 24, LENGTH_MASK = 0x7f };

/** Ignored bits by the value of senvcfg.PMM. */
static const uint8_t lengths[] = {0, 0, 7, 16};
enum { PMM_SHIFT = 32, PMM_NONE = 0, PMM_7 = 2, PMM_16 = 3 };

/** CSR senvcfg's field on this hart. (Harts without pointer masking may lack the register.) */
static uint64_t pmm(void) { return csr_read(0x10a) >> PMM_SHIFT & 3; }
static void set_pmm(uint8_t value) {
  this_hart()->pmm = value;
  csr_clear(0x10a, 3ull << PMM_SHIFT);
  csr_set(0x10a, (uint64_t)value << PMM_SHIFT);
}

void masking_load(const struct task *t) {
  if (this_hart()->pmm != t->pmm) set_pmm(t->pmm);
}

int64_t masking_set(struct task *self, uint64_t control) {
  uint64_t wanted = control >> LENGTH_SHIFT & LENGTH_MASK;
  if (!(harts_common() & EXTENSION_SUPM)) return -EINVAL;
  if (control & ~(uint64_t)(CALLS_TOO | LENGTH_MASK << LENGTH_SHIFT)) return -EINVAL;
  if (wanted > lengths[PMM_16] || (control & CALLS_TOO && !wanted)) return -EINVAL;
  uint8_t value = !wanted ? PMM_NONE : wanted <= lengths[PMM_7] ? PMM_7 : PMM_16; /* the fewest that are enough */
  uint8_t masked = control & CALLS_TOO ? lengths[value] : 0;
  /* System calls mean the same addresses in all threads, so once there are several it stays. */
  if (self->process->task_count > 1 && self->process->masked != masked) return -EBUSY;
  set_pmm(value);
  if (pmm() != value) { /* a length that the hart does not have */
    set_pmm(self->pmm);
    return -EINVAL;
  }
  self->pmm = value;
  self->process->masked = masked;
  return 0;
}

int64_t masking_get(const struct task *self) {
  if (!(harts_common() & EXTENSION_SUPM)) return -EINVAL;
  return (int64_t)lengths[self->pmm] << LENGTH_SHIFT | (self->process->masked ? CALLS_TOO : 0);
}

uint64_t masking_address(const struct process *p, uint64_t va) {
  return (uint64_t)((int64_t)(va << p->masked) >> p->masked);
}
