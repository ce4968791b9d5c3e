#include "task.h"

enum { BUCKETS = 256 };

/* Not cleared at the start: a place is written before it is first used. */
static struct task tasks[MAX_TASKS] __attribute__((section(".bss.uncleared")));
static struct scattered pool[MAX_SCATTERED] __attribute__((section(".bss.uncleared")));

/* The lock of all that follows. */
static struct lock lock;
static struct task *buckets[BUCKETS];
static struct task *vacant;         /* places that were given back */
static uint32_t used;               /* places ever taken */
static struct scattered *vacant_scattered;
static uint32_t used_scattered;

static struct task **bucket(uint64_t tid) { return &buckets[(tid ^ tid >> 8) % BUCKETS]; }

static struct task *find(uint64_t tid) {
  struct task *task = *bucket(tid);
  while (task && task->tid != tid) task = task->chain;
  return task;
}

static struct task *take_place(void) {
  struct task *task = vacant;
  if (task) {
    vacant = task->next;
    return task;
  }
  if (used == MAX_TASKS) return NULL;
  task = &tasks[used++];
  task->generation = 0;
  return task;
}

struct task *task_new(uint64_t tid, int64_t *error) {
  struct task *task = NULL;
  lock_take(&lock);
  if (find(tid)) {
    *error = MIG_ERR_DUPLICATE_TID;
  } else if (!(task = take_place())) {
    *error = MIG_ERR_QUEUE_FULL;
  } else {
    task->tid = tid;
    task->scattered = NULL;
    task->place = MIG_QUEUED;
    task->origin = hart_self();
    task->accelerator = NULL;
    task->recall = task->sent = task->ran = task->floats = false;
    task->vlenb = task->stamp = task->cycles = task->instructions = 0;
    struct task **chain = bucket(tid);
    task->chain = *chain;
    *chain = task;
  }
  lock_drop(&lock);
  return task;
}

void task_free(struct task *task) {
  lock_take(&lock);
  struct task **at = bucket(task->tid);
  while (*at != task) at = &(*at)->chain;
  *at = task->chain;
  task->place = MIG_UNKNOWN;
  task->generation++;
  if (task->scattered) {
    task->scattered->next = vacant_scattered;
    vacant_scattered = task->scattered;
  }
  task->next = vacant;
  vacant = task;
  lock_drop(&lock);
}

bool task_scatter(struct task *task) {
  lock_take(&lock);
  struct scattered *scattered = vacant_scattered;
  if (scattered)
    vacant_scattered = scattered->next;
  else if (used_scattered < MAX_SCATTERED)
    scattered = &pool[used_scattered++];
  task->scattered = scattered;
  lock_drop(&lock);
  return scattered;
}

bool task_visit(uint64_t tid, void (*visit)(struct task *task, void *argument), void *argument) {
  lock_take(&lock);
  struct task *task = find(tid);
  if (task) visit(task, argument);
  lock_drop(&lock);
  return task;
}

uint64_t task_name(const struct task *task) { return (uint64_t)task->generation << 32 | (task - tasks + 1); }

/* The lock is held: nobody can take it back, or free it, meanwhile. */
static struct task *waiting(uint64_t name) {
  uint32_t number = name;
  if (!number || number > used) return NULL;
  struct task *task = &tasks[number - 1];
  return task->generation == name >> 32 && task->place == MIG_QUEUED ? task : NULL;
}

bool task_waits(uint64_t name) {
  lock_take(&lock);
  bool waits = waiting(name);
  lock_drop(&lock);
  return waits;
}

struct task *task_claim(uint64_t name) {
  lock_take(&lock);
  struct task *task = waiting(name);
  if (task) task->place = MIG_RUNNING;
  lock_drop(&lock);
  return task;
}
