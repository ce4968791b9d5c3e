/* SBI extension MIG (include/migration.h): the calls. */
#include "../csr.h"
#include "../ipi.h"
#include "../sbi/sbi.h"
#include "area.h"
#include "class.h"
#include "origin.h"
#include "policy.h"
#include "transport.h"

static int64_t describe(uint64_t number, uint64_t *value) {
  const struct migration_class *class = class_present(number);
  if (!class) return MIG_ERR_UNKNOWN_CLASS;
  uint32_t harts;
  bool mixed;
  uint64_t vlenb = class_vlenb(class, &harts, &mixed);
  *value = harts | (uint64_t)transport->depth << 16 | vlenb << 32;
  *value |= (uint64_t)origin_interrupt() << 48 | (uint64_t)mixed << 56;
  return SBI_SUCCESS;
}

static int64_t area(uint64_t number, uint64_t *value) {
  const struct migration_class *class = class_present(number);
  if (!class) return MIG_ERR_UNKNOWN_CLASS;
  *value = class->bytes(class);
  return SBI_SUCCESS;
}

/* Offer the thread to the class's harts in the order that the policy likes. */
static int64_t send_out(struct task *task) {
  struct hart *candidates[MAX_HARTS];
  uint32_t count = 0;
  for (uint32_t i = 0; i < hart_count; i++)
    if (hart_of_index[i]->classes >> task->class->number & 1 && task->class->suits(task, hart_of_index[i]))
      candidates[count++] = hart_of_index[i];
  while (count) {
    struct hart *to = policy->choose(task, candidates, count);
    task->accelerator = to;
    __atomic_fetch_add(&to->accelerator.load, 1, __ATOMIC_RELAXED);
    if (transport->send(to, task)) {
      /* From here on the task is the other hart's: only `to` may be touched. */
      ipi_send(to, IPI_MESSAGE);
      return SBI_SUCCESS;
    }
    __atomic_fetch_sub(&to->accelerator.load, 1, __ATOMIC_RELAXED);
    uint32_t at = 0;
    while (candidates[at] != to) at++;
    candidates[at] = candidates[--count];
  }
  return MIG_ERR_QUEUE_FULL;
}

static int64_t prepare(struct task *task, const uint64_t *a) {
  task->satp = a[1];
  task->flags = a[5];
  if (!span_map(&task->frame_span, a[3], sizeof task->frame)) return MIG_ERR_BAD_POINTER;
  span_read(&task->frame_span, 0, &task->frame, sizeof task->frame);
  task->counters = csr_read(scounteren);
  task->environment = csr_read(0x10a); /* senvcfg */
  int64_t error = area_open(task, a[4], task->class->bytes(task->class));
  return error ? error : task->class->admit(task);
}

static int64_t migrate(const uint64_t *a) {
  struct origin *origin = &hart_self()->origin;
  const struct migration_class *class = class_present(a[0]);
  if (!class) return MIG_ERR_UNKNOWN_CLASS;
  if (!origin->ring) return MIG_ERR_NO_RING;
  if (a[5] & ~(uint64_t)(MIG_KEEP_OVER_SYSCALL | MIG_CODE_CURRENT)) return SBI_ERR_INVALID_PARAM;
  int64_t error;
  struct task *task = task_new(a[2], &error);
  if (!task) return error;
  task->class = class;
  /* Before it can come back. */
  origin->away++;
  error = prepare(task, a);
  if (!error) error = send_out(task);
  if (error) {
    origin->away--;
    task_free(task);
  }
  return error;
}

/* Bring it back. The task can't vanish meanwhile: who frees it needs the lock that task_visit holds. */
static void recall(struct task *task, void *argument) {
  struct hart *hart = task->accelerator;
  if (__atomic_load_n(&task->place, __ATOMIC_ACQUIRE) == MIG_RETURNING) return;
  __atomic_store_n(&task->recall, true, __ATOMIC_SEQ_CST);
  if (!hart) return;
  if (transport->cancel(hart, task)) {
    /* It never started: this hart sends it home in the accelerator's stead. */
    task->reason = MIG_REASON_RECALL;
    task->place = MIG_RETURNING;
    __atomic_fetch_sub(&hart->accelerator.load, 1, __ATOMIC_RELAXED);
    *(struct task **)argument = task;
    return;
  }
  ipi_send(hart, IPI_RECALL);
}

static int64_t recall_tid(uint64_t tid) {
  struct task *cancelled = NULL;
  if (!task_visit(tid, recall, &cancelled)) return MIG_ERR_UNKNOWN_TID;
  /* Outside of the lock: sending may have to wait for its receiver. */
  if (cancelled) origin_send(cancelled);
  return SBI_SUCCESS;
}

static void status(struct task *task, void *value) {
  uint64_t place = __atomic_load_n(&task->place, __ATOMIC_ACQUIRE);
  uint64_t hart = task->accelerator ? task->accelerator->id : 0;
  *(uint64_t *)value = place == MIG_RETURNING ? place : hart << 8 | place;
}

/* What threads said they will need; kept for policies to come. */
static struct {
  uint64_t tid, kind, count;
} last_hint;

static int64_t hint(uint64_t tid, uint64_t kind) {
  if (kind != MIG_WILL_NEED && kind != MIG_WONT_NEED) return SBI_ERR_INVALID_PARAM;
  last_hint.tid = tid;
  last_hint.kind = kind;
  last_hint.count++;
  return SBI_SUCCESS;
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
      return hint(a[0], a[1]);
    case MIG_AREA:
      return area(a[0], &call->value);
  }
  return SBI_ERR_NOT_SUPPORTED;
}

const struct sbi_extension sbi_migration = {.name = "MIG", .first = MIG_EID, .last = MIG_EID, .handle = handle};
