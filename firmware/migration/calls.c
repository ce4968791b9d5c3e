/* SBI extension MIG (include/migration.h): the calls. */
#include "../csr.h"
#include "../ipi.h"
#include "../sbi/sbi.h"
#include "area.h"
#include "class.h"
#include "hint.h"
#include "load.h"
#include "origin.h"
#include "policy.h"
#include "transport.h"

static int64_t describe(uint64_t number, uint64_t *value) {
  if (!class_present(number)) return MIG_ERR_UNKNOWN_CLASS;
  const struct hart_list *harts = &class_harts[number];
  *value = harts->count | (uint64_t)transport->depth() << 16 | harts->vlenb << 32;
  *value |= (uint64_t)origin_interrupt() << 48 | (uint64_t)harts->mixed << 56;
  return SBI_SUCCESS;
}

static int64_t area(uint64_t number, uint64_t *value) {
  if (!class_present(number)) return MIG_ERR_UNKNOWN_CLASS;
  *value = class_harts[number].bytes;
  return SBI_SUCCESS;
}

/* Offer the thread to the class's harts in the order that the policy likes. */
static int64_t send_out(struct task *task) {
  const struct hart_list *harts = &class_harts[task->class->number];
  bool guest = task_is_guest(task);
  hint_used(task->tid);
  for (uint64_t refused = 0;;) {
    int at = guest ? policy_choose_idle(task, harts, refused) : policy_choose(task, harts, refused);
    if (at < 0) return MIG_ERR_QUEUE_FULL;
    struct hart *to = harts->hart[at];
    if (load_add(to, task)) {
      task->accelerator = to;
      /* From here on the task is the other hart's: only `to` may be touched. */
      if (transport->send(to, task)) return SBI_SUCCESS;
      load_remove(to, task);
    }
    refused |= 1ull << at;
  }
}

/* Where the supervisor keeps the thread, when its pages are not all in one leaf: page by page. */
static bool map_pages(struct task *task, uint64_t frame, uint64_t area, uint64_t bytes) {
  if (!task_scatter(task)) return false;
  struct scattered *scattered = task->scattered;
  if (!span_map(&scattered->frame_span, frame, sizeof *task->frame) || !span_map(&scattered->area, area, bytes)) return false;
  task->area = span_pointer(&scattered->area);
  task->frame = span_pointer(&scattered->frame_span);
  scattered->frame_copied = !task->frame;
  if (!task->frame) {
    span_read(&scattered->frame_span, 0, &scattered->frame, sizeof scattered->frame);
    task->frame = &scattered->frame;
  }
  return true;
}

static int64_t prepare(struct task *task, const uint64_t *a) {
  uint64_t bytes = class_harts[task->class->number].bytes;
  task->satp = a[1];
  task->flags = a[5];
  if (a[4] % 16) return MIG_ERR_BAD_POINTER;
  struct leaf leaf = {0};
  task->frame = leaf_span(&leaf, a[3], sizeof *task->frame);
  task->area = leaf_span(&leaf, a[4], bytes);
  if ((!task->frame || !task->area) && !map_pages(task, a[3], a[4], bytes)) return MIG_ERR_BAD_POINTER;
  task->counters = csr_read(scounteren);
  if (hart_self()->environment) task->environment = csr_read(0x10a); /* senvcfg */
  area_open(task);
  return area_holds(task->word) ? task->class->admit(task) : 0;
}

static int64_t migrate(const uint64_t *a) {
  enum { FLAGS = MIG_KEEP_OVER_SYSCALL | MIG_CODE_CURRENT | MIG_ASK_FOR_CALLS | MIG_ASK_FOR_FAULTS | MIG_GUEST };
  struct origin *origin = &hart_self()->origin;
  const struct migration_class *class = class_present(a[0]);
  if (!class) return MIG_ERR_UNKNOWN_CLASS;
  if (!origin->ring) return MIG_ERR_NO_RING;
  if (a[5] & ~(uint64_t)FLAGS) return SBI_ERR_INVALID_PARAM;
  int64_t error;
  struct task *task = task_new(a[2], &error);
  if (!task) return error;
  task->class = class;
  /* Before it can come back. */
  __atomic_fetch_add(&origin->away, 1, __ATOMIC_RELAXED);
  error = prepare(task, a);
  if (!error) error = send_out(task);
  if (error) {
    __atomic_fetch_sub(&origin->away, 1, __ATOMIC_RELAXED);
    task_free(task);
  }
  return error;
}

/* Bring it back. The task can't vanish meanwhile: who frees it needs the lock that task_visit holds. */
static void recall(struct task *task, void *argument) {
  if (__atomic_load_n(&task->place, __ATOMIC_ACQUIRE) == MIG_RETURNING) return;
  __atomic_store_n(&task->recall, true, __ATOMIC_SEQ_CST);
  /* After the word above: as long as no hart is named, the one that will take the thread looks at that word later. */
  struct hart *hart = __atomic_load_n(&task->accelerator, __ATOMIC_SEQ_CST);
  if (!hart) return;
  if (transport->cancel(hart, task)) {
    /* It never started: this hart sends it home in the accelerator's stead. */
    task->reason = MIG_REASON_RECALL;
    task->value = 0;
    task->place = MIG_RETURNING;
    load_remove(hart, task);
    *(struct task **)argument = task;
    return;
  }
  ipi_send(hart, IPI_RECALL);
}

static int64_t recall_tid(uint64_t tid) {
  struct task *cancelled = NULL;
  if (!task_visit(tid, recall, &cancelled)) return MIG_ERR_UNKNOWN_TID;
  /* Outside of the lock, which this takes. */
  if (cancelled) origin_complete(cancelled);
  return SBI_SUCCESS;
}

static void status(struct task *task, void *value) {
  uint64_t place = __atomic_load_n(&task->place, __ATOMIC_ACQUIRE);
  uint64_t hart = task->accelerator ? task->accelerator->id : 0;
  *(uint64_t *)value = place == MIG_RETURNING ? place : hart << 8 | place;
}

static int64_t handle(struct sbi_call *call) {
  const uint64_t *a = call->a;
  switch (call->fid) {
    case MIG_CLASSES:
      call->value = class_mask();
      return SBI_SUCCESS;
    case MIG_DESCRIBE:
      return describe(a[0], &call->value);
    case MIG_SET_RING:
      return origin_set_ring(a[0], a[1]);
    case MIG_MIGRATE:
      return migrate(a);
    case MIG_RECALL:
      return recall_tid(a[0]);
    case MIG_STATUS:
      task_visit(a[0], status, &call->value);
      return SBI_SUCCESS;
    case MIG_HINT:
      return hint_call(a[0], a[1], a[2]);
    case MIG_AREA:
      return area(a[0], &call->value);
  }
  return SBI_ERR_NOT_SUPPORTED;
}

const struct sbi_extension sbi_migration = {.name = "MIG", .first = MIG_EID, .last = MIG_EID, .handle = handle};
