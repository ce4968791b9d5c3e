#include "migration-calls.h"
#include "errno.h"
#include "migrate.h"

int64_t migration_prctl(struct task *self, const uint64_t *a) {
  enum { KEEP_VECTOR = 0x4D494700, HINT, CALLS, FAULTS };
  switch (a[0]) {
  case KEEP_VECTOR: /* with 1, system calls preserve vector registers, which Linux's do not */
    if (a[1] > 1) return -EINVAL;
    self->keep_vector = a[1];
    return 0;
  case HINT:
    if ((a[1] != MIG_WILL_NEED && a[1] != MIG_WONT_NEED) || a[2] >= MIG_CLASS_COUNT) return -EINVAL;
    /* The thread is at home for this call: `soon` may send it out when it is done, `done` finds it where it is to be. */
    if (a[1] == MIG_WILL_NEED)
      self->leaves_for = (int)a[2];
    else
      migration_hint(self, MIG_WONT_NEED, (int)a[2]);
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
