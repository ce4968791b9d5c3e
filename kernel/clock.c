#include "clock.h"
#include "calls.h"
#include "errno.h"
#include "scheduler.h"
#include "space.h"
#include "task.h"
#include "user.h"

enum { NANOSECONDS = 1000000000, TIMER_ABSTIME = 1 };
static const int64_t LONGEST = 1ll << 32; /* seconds: 136 years, and far from overflow */

struct timespec clock_from_ticks(uint64_t ticks) {
  uint64_t hz = timebase();
  return (struct timespec){(int64_t)(ticks / hz), (int64_t)(ticks % hz * NANOSECONDS / hz)};
}

uint64_t clock_to_ticks(struct timespec t) {
  if (t.seconds >= LONGEST) return NEVER;
  return (uint64_t)t.seconds * timebase() + ((uint64_t)t.nanoseconds * timebase() + NANOSECONDS - 1) / NANOSECONDS;
}

int64_t clock_deadline(uint64_t va, bool from_now, uint64_t *deadline) {
  struct timespec t;
  if (!copy_from_user(&t, va, sizeof t)) return -EFAULT;
  if (t.seconds < 0 || t.nanoseconds < 0 || t.nanoseconds >= NANOSECONDS) return -EINVAL;
  uint64_t ticks = clock_to_ticks(t);
  *deadline = ticks == NEVER || !from_now ? ticks : now() + ticks;
  return 0;
}

enum woken clock_wait(uint64_t deadline) {
  struct list nobody; /* who only waits for time is in no one's queue */
  list_init(&nobody);
  return sleep_on(&nobody, deadline);
}

/** Sleep, and on a signal say how long is left. */
static int64_t sleep_until(uint64_t deadline, uint64_t left_va, bool absolute) {
  if (clock_wait(deadline) != WOKEN_BY_SIGNAL) return 0;
  if (absolute) return -ERESTART;
  uint64_t time = now();
  struct timespec left = clock_from_ticks(deadline > time ? deadline - time : 0);
  return left_va && !copy_to_user(left_va, &left, sizeof left) ? -EFAULT : -EINTR;
}

int64_t sys_nanosleep(struct task *self, const uint64_t *a) {
  (void)self;
  uint64_t deadline;
  int64_t error = clock_deadline(a[0], true, &deadline);
  return error ? error : sleep_until(deadline, a[1], false);
}

int64_t sys_clock_nanosleep(struct task *self, const uint64_t *a) {
  (void)self;
  uint64_t deadline;
  int64_t error = clock_deadline(a[2], !(a[1] & TIMER_ABSTIME), &deadline);
  return error ? error : sleep_until(deadline, a[3], a[1] & TIMER_ABSTIME);
}

int64_t sys_clock_gettime(struct task *self, const uint64_t *a) {
  (void)self;
  if (a[0] > 11) return -EINVAL;
  struct timespec t = clock_from_ticks(now());
  return copy_to_user(a[1], &t, sizeof t) ? 0 : -EFAULT;
}

int64_t sys_clock_getres(struct task *self, const uint64_t *a) {
  (void)self;
  if (a[0] > 11) return -EINVAL;
  struct timespec t = {0, NANOSECONDS / (int64_t)timebase()};
  return !a[1] || copy_to_user(a[1], &t, sizeof t) ? 0 : -EFAULT;
}

int64_t sys_gettimeofday(struct task *self, const uint64_t *a) {
  (void)self;
  struct timespec t = clock_from_ticks(now());
  int64_t value[2] = {t.seconds, t.nanoseconds / 1000};
  return !a[0] || copy_to_user(a[0], value, sizeof value) ? 0 : -EFAULT;
}

/* Time spent is not kept by task: all of it is given as the process's own, in Linux's 100 ticks a second. */
int64_t sys_times(struct task *self, const uint64_t *a) {
  (void)self;
  int64_t ticks = (int64_t)(now() / (timebase() / 100));
  int64_t value[4] = {ticks, 0, 0, 0};
  return !a[0] || copy_to_user(a[0], value, sizeof value) ? ticks : -EFAULT;
}

int64_t sys_getrusage(struct task *self, const uint64_t *a) {
  enum { SELF = 0, THREAD = 1, CHILDREN = -1 };
  if (a[0] != SELF && a[0] != THREAD && (int)a[0] != CHILDREN) return -EINVAL;
  struct timespec t = clock_from_ticks(now());
  struct faults faults = space_faults(self->process->space);
  int64_t value[18] = {t.seconds, t.nanoseconds / 1000, [8] = (int64_t)faults.minor, (int64_t)faults.major};
  return copy_to_user(a[1], value, sizeof value) ? 0 : -EFAULT;
}
