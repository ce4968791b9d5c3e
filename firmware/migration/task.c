#include "task.h"

#include "../text.h"

static struct task tasks[MAX_TASKS];
static uint32_t used; /* places of `tasks` ever taken: the rest needs no look */
static struct lock lock;

static struct task *find(uint64_t tid) {
  for (uint32_t i = 0; i < used; i++)
    if (tasks[i].place != MIG_UNKNOWN && tasks[i].tid == tid) return &tasks[i];
  return NULL;
}

static struct task *vacant(void) {
  for (uint32_t i = 0; i < used; i++)
    if (tasks[i].place == MIG_UNKNOWN) return &tasks[i];
  return used < MAX_TASKS ? &tasks[used++] : NULL;
}

struct task *task_new(uint64_t tid, int64_t *error) {
  struct task *task = NULL;
  lock_take(&lock);
  if (find(tid)) {
    *error = MIG_ERR_DUPLICATE_TID;
  } else if (!(task = vacant())) {
    *error = MIG_ERR_QUEUE_FULL;
  } else {
    memset(task, 0, offsetof(struct task, frame));
    task->tid = tid;
    task->place = MIG_QUEUED;
    task->origin = hart_self();
  }
  lock_drop(&lock);
  return task;
}

void task_free(struct task *task) {
  lock_take(&lock);
  task->place = MIG_UNKNOWN;
  lock_drop(&lock);
}

bool task_visit(uint64_t tid, void (*visit)(struct task *task, void *argument), void *argument) {
  lock_take(&lock);
  struct task *task = find(tid);
  if (task) visit(task, argument);
  lock_drop(&lock);
  return task;
}
