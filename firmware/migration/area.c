#include "area.h"

#include "class.h"

void area_set_word(struct task *task, uint32_t word) {
  task->word = word;
  if (task->area) {
    __atomic_store_n((uint32_t *)task->area, word, __ATOMIC_RELEASE);
    return;
  }
  __atomic_thread_fence(__ATOMIC_RELEASE);
  span_write(&task->scattered->area, 0, &word, sizeof word);
}

bool area_resident(const struct task *task, const struct hart *hart, uint64_t stamp) {
  return task->word == MIG_STATE_RESIDENT && stamp == hart->accelerator.stamp[task->class->number];
}

/* Of the hart that runs this, for the task's class. */
static uint64_t *stamp_of(const struct task *task) { return &hart_self()->accelerator.stamp[task->class->number]; }

void area_live(struct task *task) {
  *stamp_of(task) = 0;
  area_set_word(task, MIG_STATE_LIVE);
}

uint64_t area_stamp(void) {
  struct hart *self = hart_self();
  return (uint64_t)(self->index + 1) << 48 | ++self->accelerator.saves;
}

void area_saved(struct task *task, uint64_t stamp) {
  *stamp_of(task) = stamp;
  area_set_word(task, MIG_STATE_RESIDENT);
}
