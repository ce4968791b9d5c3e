#include "area.h"

#include "class.h"

int64_t area_open(struct task *task, uint64_t va, uint64_t bytes) {
  if (va % 16 || !span_map(&task->area, va, bytes)) return MIG_ERR_BAD_POINTER;
  span_read(&task->area, 0, &task->word, sizeof task->word);
  return 0;
}

void area_set_word(struct task *task, uint32_t word) {
  task->word = word;
  __atomic_thread_fence(__ATOMIC_RELEASE);
  span_write(&task->area, 0, &word, sizeof word);
}

/* Of the hart that runs this, for the task's class. */
static uint64_t *stamp_of(const struct task *task) { return &hart_self()->accelerator.stamp[task->class->number]; }

bool area_resident(const struct task *task, uint64_t stamp) {
  return task->word == MIG_STATE_RESIDENT && stamp == *stamp_of(task);
}

void area_live(struct task *task) {
  *stamp_of(task) = 0;
  area_set_word(task, MIG_STATE_LIVE);
}

uint64_t area_stamp(void) {
  struct hart *self = hart_self();
  /* The hart in the high bits, the number of its save in the low ones. */
  return (uint64_t)(self->index + 1) << 48 | ++self->accelerator.saves;
}

void area_saved(struct task *task, uint64_t stamp) {
  *stamp_of(task) = stamp;
  area_set_word(task, MIG_STATE_RESIDENT);
}
