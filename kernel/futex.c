/* futex(2), as glibc's threads use it. Words are told apart by address space and address: nothing here shares memory otherwise. */
#include "futex.h"
#include "calls.h"
#include "clock.h"
#include "errno.h"
#include "masking.h"
#include "scheduler.h"
#include "space.h"
#include "task.h"
#include "text.h"
#include "user.h"

enum {
  WAIT = 0, WAKE = 1, REQUEUE = 3, CMP_REQUEUE = 4, WAKE_OP = 5, WAIT_BITSET = 9, WAKE_BITSET = 10,
  PRIVATE = 128, CLOCK_REALTIME_FLAG = 256, BUCKETS = 64,
};

/** Those who wait, by a hash of the address, in the order in which they came. */
static struct list buckets[BUCKETS];

static struct list *bucket(uint64_t va) {
  struct list *b = &buckets[va / 4 % BUCKETS];
  if (!b->next) list_init(b);
  return b;
}

static struct task *waiter(struct list *l) { return member_of(l, struct task, queue); }

static bool waits_at(const struct task *t, const struct space *s, uint64_t va) {
  return t->futex == va && t->process->space == s;
}

int futex_wake(struct space *s, uint64_t va, int count, uint32_t bits) {
  struct list *b = bucket(va);
  int woken = 0;
  for (struct list *l = b->next, *next = l->next; l != b && woken < count; l = next, next = l->next)
    if (waits_at(waiter(l), s, va) && waiter(l)->futex_bits & bits) {
      wake(waiter(l), WOKEN);
      woken++;
    }
  return woken;
}

static int64_t wait(struct task *self, uint64_t va, uint32_t expected, uint64_t deadline, uint32_t bits) {
  if (!bits) return -EINVAL;
  uint32_t *word = user_word(va, PROT_READ);
  if (!word) return va % 4 ? -EINVAL : -EFAULT;
  if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != expected) return -EAGAIN;
  self->futex = va;
  self->futex_bits = bits;
  switch (sleep_on(bucket(va), deadline)) {
  case WOKEN_BY_TIME:
    return -ETIMEDOUT;
  case WOKEN_BY_SIGNAL:
    return deadline == NEVER ? -ERESTART : -EINTR; /* a relative time would start anew */
  default:
    return 0;
  }
}

static int64_t requeue(struct space *s, uint64_t from, uint64_t to, int wake_count, int move_count) {
  int64_t done = futex_wake(s, from, wake_count, ~0u);
  struct list *b = bucket(from);
  for (struct list *l = b->next, *next = l->next; l != b && move_count > 0; l = next, next = l->next) {
    if (!waits_at(waiter(l), s, from)) continue;
    waiter(l)->futex = to;
    list_remove(l);
    list_append(bucket(to), l);
    move_count--;
    done++;
  }
  return done;
}

/** Change the second word, wake at the first, and at the second too if its old value compares as asked. */
static int64_t wake_op(struct space *s, const uint64_t *a) {
  uint32_t *word = user_word(a[4], PROT_WRITE);
  if (!word) return -EFAULT;
  uint32_t code = (uint32_t)a[5];
  int32_t operand = (int32_t)(code << 8) >> 20, comparand = (int32_t)(code << 20) >> 20;
  if (code >> 31) operand = 1 << (operand & 31);
  int32_t old = (int32_t)__atomic_load_n(word, __ATOMIC_SEQ_CST), new;
  do switch (code >> 28 & 7) {
    case 0: new = operand; break;
    case 1: new = old + operand; break;
    case 2: new = old | operand; break;
    case 3: new = old & ~operand; break;
    case 4: new = old ^ operand; break;
    default: return -ENOSYS;
    }
  while (!__atomic_compare_exchange_n(word, (uint32_t *)&old, (uint32_t)new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
  bool holds;
  switch (code >> 24 & 15) {
  case 0: holds = old == comparand; break;
  case 1: holds = old != comparand; break;
  case 2: holds = old < comparand; break;
  case 3: holds = old <= comparand; break;
  case 4: holds = old > comparand; break;
  case 5: holds = old >= comparand; break;
  default: return -ENOSYS;
  }
  int64_t woken = futex_wake(s, a[0], (int)a[2], ~0u);
  return holds ? woken + futex_wake(s, a[4], (int)a[3], ~0u) : woken;
}

int64_t sys_futex(struct task *self, const uint64_t *arguments) {
  uint64_t a[6];
  memcpy(a, arguments, sizeof a);
  for (int word = 0; word <= 4; word += 4) a[word] = masking_address(self->process, a[word]); /* one futex, one name */
  struct space *s = self->process->space;
  int operation = (int)a[1] & ~(PRIVATE | CLOCK_REALTIME_FLAG);
  uint64_t deadline = NEVER;
  if ((operation == WAIT || operation == WAIT_BITSET) && a[3]) {
    /* Our clocks all count from reset, so an absolute time needs no clock. */
    int64_t error = clock_deadline(a[3], operation == WAIT, &deadline);
    if (error) return error;
  }
  switch (operation) {
  case WAIT:
    return wait(self, a[0], (uint32_t)a[2], deadline, ~0u);
  case WAIT_BITSET:
    return wait(self, a[0], (uint32_t)a[2], deadline, (uint32_t)a[5]);
  case WAKE:
    return futex_wake(s, a[0], (int)a[2], ~0u);
  case WAKE_BITSET:
    return a[5] ? futex_wake(s, a[0], (int)a[2], (uint32_t)a[5]) : -EINVAL;
  case CMP_REQUEUE: {
    uint32_t *word = user_word(a[0], PROT_READ);
    if (!word) return -EFAULT;
    if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != (uint32_t)a[5]) return -EAGAIN;
  } /* fall through */
  case REQUEUE:
    return requeue(s, a[0], a[4], (int)a[2], (int)a[3]);
  case WAKE_OP:
    return wake_op(s, a);
  default:
    return -ENOSYS;
  }
}
