#include "task.h"
#include "futex.h"
#include "migrate.h"
#include "pages.h"
#include "power.h"
#include "print.h"
#include "scheduler.h"
#include "space.h"
#include "text.h"
#include "user.h"

enum { BUCKETS = 256, LAST_NUMBER = 1 << 22 };

static struct list by_tid[BUCKETS];
static struct list dead;
static int count, last_number;

extern char return_to_user[];

void tasks_init(void) {
  list_init(&dead);
  for (int i = 0; i < BUCKETS; i++) list_init(&by_tid[i]);
  processes_init();
}

int task_number(void) {
  do last_number = last_number % LAST_NUMBER + 1;
  while (task_find(last_number) || process_find(last_number) || process_group_exists(last_number));
  return last_number;
}

void tasks_reap(void) {
  while (!list_empty(&dead)) {
    struct task *t = member_of(dead.next, struct task, sibling);
    list_remove(&t->sibling);
    if (t->vector) pages_give(t->vector, t->vector_order);
    migration_forget(t);
    pages_give(t->stack, KERNEL_STACK_ORDER);
    pages_give(t, pages_order(sizeof *t));
  }
}

struct task *task_create(struct process *p, const char *name) {
  tasks_reap();
  struct task *t = pages_take(pages_order(sizeof *t));
  if (!t) return NULL;
  char *stack = pages_take(KERNEL_STACK_ORDER);
  if (!stack) {
    pages_give(t, pages_order(sizeof *t));
    return NULL;
  }
  t->tid = list_empty(&p->tasks) ? p->pid : task_number();
  list_append(&by_tid[t->tid % BUCKETS], &t->numbered);
  copy_text(t->name, name, sizeof t->name);
  t->process = p;
  list_append(&p->tasks, &t->sibling);
  p->task_count++;
  count++;
  space_hold(p->space);
  t->satp = space_satp(p->space);
  t->stack = stack;
  t->frame = (struct frame *)(stack + ((uint64_t)PAGE_SIZE << KERNEL_STACK_ORDER)) - 1;
  t->context.ra = (uint64_t)return_to_user;
  t->context.sp = (uint64_t)t->frame;
  list_init(&t->queue);
  list_init(&t->timed);
  t->affinity = harts_all();
  t->awaits_class = t->leaves_for = -1;
  t->wishes = asking_default();
  return t;
}

void task_inherit(struct task *t, const struct task *from) {
  t->blocked = from->blocked;
  t->affinity = from->affinity;
  t->hart = from->hart;
  t->pmm = from->pmm;
  t->keep_vector = from->keep_vector;
  t->wishes = from->wishes;
}

struct task *task_find(int tid) {
  const struct list *b = &by_tid[(unsigned)tid % BUCKETS];
  for (struct list *l = b->next; l != b; l = l->next) {
    struct task *t = member_of(l, struct task, numbered);
    if (t->tid == tid) return t;
  }
  return NULL;
}

int tasks_count(void) { return count; }

/** Take a task out of its process and the table; what it leaves is freed by tasks_reap. */
static void bury(struct task *t) {
  list_remove(&t->sibling);
  list_remove(&t->numbered);
  count--;
  t->process->task_count--;
  t->state = TASK_DEAD;
  list_append(&dead, &t->sibling);
}

void task_abandon(struct task *t) {
  bury(t);
  space_drop(t->process->space);
}

void task_exit(unsigned status) {
  struct task *t = current();
  struct process *p = t->process;
  if (t->clear_child_tid) {
    uint32_t zero = 0;
    copy_to_user(t->clear_child_tid, &zero, sizeof zero);
    futex_wake(p->space, t->clear_child_tid, 1, ~0u);
  }
  if (!p->dying && t->tid == p->pid) p->status = status; /* a process that no one ends has its first task's */
  struct space *space = p->space;
  bury(t);
  if (!p->task_count) {
    p->space = NULL;
    process_ended(p);
  }
  space_drop(space);
  schedule();
  __builtin_unreachable();
}

void task_nudge(struct task *t) {
  switch (t->state) {
  case TASK_ASLEEP:
    if (!t->firm || t->process->dying) wake(t, WOKEN_BY_SIGNAL);
    break;
  case TASK_AWAY:
    migration_recall(t);
    break;
  case TASK_RUNNING:
    if (t != current()) hart_poke(t->hart);
    break;
  default: /* comes by itself */
    break;
  }
}
