#include "hint.h"

#include "../csr.h"
#include "../sbi/sbi.h"
#include "policy.h"

/* A thread that does not come for so long has changed its mind. Harts' cycle counts are compared: if they differ, so does the time. */
enum { PATIENCE_CYCLES = 20000 };

/* Of all reservations. */
static struct lock lock;
static uint32_t reserved; /* harts with one, expired ones included */

/* Take back the thread's reservation; its lock is held. */
static void release(uint64_t tid) {
  for (uint32_t i = 0; i < accelerators.count; i++) {
    struct accelerator *it = &accelerators.hart[i]->accelerator;
    if (!it->reserved_until || it->reserved_tid != tid) continue;
    __atomic_store_n(&it->reserved_until, 0, __ATOMIC_RELAXED);
    reserved--;
  }
}

/* The hart to which the policy would send it; a thread that has one reserved gets a new one. */
static void reserve(uint64_t tid, const struct migration_class *class) {
  const struct task as_if = {.tid = tid, .class = class};
  release(tid);
  int at = policy_choose(&as_if, &class_harts[class->number], 0);
  if (at < 0) return;
  struct hart *hart = class_harts[class->number].hart[at];
  /* One reservation a hart: when all are reserved this thread takes its chance. */
  if (hint_reserved(hart, tid)) return;
  if (!hart->accelerator.reserved_until) reserved++;
  hart->accelerator.reserved_tid = tid;
  __atomic_store_n(&hart->accelerator.reserved_until, csr_read(mcycle) + PATIENCE_CYCLES, __ATOMIC_RELEASE);
}

/* Its registers need not be kept ready anywhere: the memory has them. */
static void forget(uint64_t tid) {
  for (uint32_t i = 0; i < accelerators.count; i++) {
    struct accelerator *it = &accelerators.hart[i]->accelerator;
    if (it->last_tid != tid || it->current) continue;
    for (uint32_t c = 0; c < MIG_CLASS_COUNT; c++) __atomic_store_n(&it->stamp[c], 0, __ATOMIC_RELAXED);
  }
}

int64_t hint_call(uint64_t tid, uint64_t kind, uint64_t number) {
  const struct migration_class *class = class_present(number);
  if (kind != MIG_WILL_NEED && kind != MIG_WONT_NEED) return SBI_ERR_INVALID_PARAM;
  if (!class) return MIG_ERR_UNKNOWN_CLASS;
  lock_take(&lock);
  if (kind == MIG_WILL_NEED) {
    reserve(tid, class);
  } else {
    release(tid);
    forget(tid);
  }
  lock_drop(&lock);
  return SBI_SUCCESS;
}

bool hint_reserved(const struct hart *hart, uint64_t tid) {
  const struct accelerator *it = &hart->accelerator;
  uint64_t until = __atomic_load_n(&it->reserved_until, __ATOMIC_ACQUIRE);
  return until && it->reserved_tid != tid && (int64_t)(until - csr_read(mcycle)) > 0;
}

void hint_used(uint64_t tid) {
  if (!__atomic_load_n(&reserved, __ATOMIC_RELAXED)) return;
  lock_take(&lock);
  release(tid);
  lock_drop(&lock);
}

bool hint_ends(const struct task *task, uint64_t instruction) {
  /* slti x0, x0, 2 * class + 1: soon; + 2: done. */
  uint32_t immediate = (uint32_t)instruction >> 20;
  bool done = immediate % 2 == 0;
  /* A guest is no thread of a class: at home it can say what it wants. */
  return task_is_guest(task) || (done && immediate / 2 - 1 == task->class->number);
}
