#include "migration-calls.h"
#include "errno.h"
#include "migrate.h"

int64_t migration_prctl(struct task *self, const uint64_t *a) {
  enum { KEEP_VECTOR = 0x4D494700, CALLS = 0x4D494702, FAULTS = 0x4D494703 };
  switch (a[0]) {
  case KEEP_VECTOR: /* with 1, system calls preserve vector registers, which Linux's do not */
    if (a[1] > 1) return -EINVAL;
    self->keep_vector = a[1];
    return 0;
  case CALLS:
    if (a[1] > AUTO) return -EINVAL;
    self->wishes.calls = (uint8_t)a[1];
    return 0;
  case FAULTS:
    if (a[1] > ASK) return -EINVAL;
    self->wishes.faults = (uint8_t)a[1];
    return 0;
  default:
    return -EINVAL;
  }
}
