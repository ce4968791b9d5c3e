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

static struct process *init; /* the program; the machine ends with it */
static struct list dead;
static int next_tid = 1;

extern char return_to_user[];

void tasks_init(void) { list_init(&dead); }

/** Free what dead tasks leave. They can't do it themselves: they die on their own kernel stacks. */
static void reap(void) {
  while (!list_empty(&dead)) {
    struct task *t = member_of(dead.next, struct task, sibling);
    list_remove(&t->sibling);
    if (t->vector) pages_give(t->vector, t->vector_order);
    migration_forget(t);
    pages_give(t->stack, KERNEL_STACK_ORDER);
    pages_give(t, pages_order(sizeof *t));
  }
}

struct process *process_create(void) {
  struct process *p = pages_take(pages_order(sizeof *p));
  if (!p) return NULL;
  list_init(&p->tasks);
  p->space = space_create();
  if (!p->space) {
    pages_give(p, pages_order(sizeof *p));
    return NULL;
  }
  if (!init) init = p;
  return p;
}

struct task *task_create(struct process *p, const char *name) {
  reap();
  struct task *t = pages_take(pages_order(sizeof *t));
  if (!t) return NULL;
  char *stack = pages_take(KERNEL_STACK_ORDER);
  if (!stack) {
    pages_give(t, pages_order(sizeof *t));
    return NULL;
  }
  t->tid = next_tid++;
  if (!p->pid) {
    p->pid = t->tid;
    space_set_asid(p->space, (uint16_t)t->tid);
  }
  copy_text(t->name, name, sizeof t->name);
  t->satp = space_satp(p->space);
  t->process = p;
  list_append(&p->tasks, &t->sibling);
  p->task_count++;
  space_share(p->space, p->task_count);
  t->stack = stack;
  t->frame = (struct frame *)(stack + ((uint64_t)PAGE_SIZE << KERNEL_STACK_ORDER)) - 1;
  t->context.ra = (uint64_t)return_to_user;
  t->context.sp = (uint64_t)t->frame;
  list_init(&t->queue);
  list_init(&t->timed);
  t->affinity = harts_all();
  t->awaits_class = -1;
  return t;
}

struct task *task_find(int tid) {
  for (struct list *l = init->tasks.next; l != &init->tasks; l = l->next) {
    struct task *t = member_of(l, struct task, sibling);
    if (t->tid == tid) return t;
  }
  return NULL;
}

struct process *process_find(int pid) { return init->pid == pid ? init : NULL; }

void task_exit(unsigned status) {
  struct task *t = current();
  struct process *p = t->process;
  if (t->clear_child_tid) {
    uint32_t zero = 0;
    copy_to_user(t->clear_child_tid, &zero, sizeof zero);
    futex_wake(p->space, t->clear_child_tid, 1, ~0u);
  }
  list_remove(&t->sibling);
  if (!p->dying) p->status = status; /* the last of several exits counts */
  if (--p->task_count == 0) {
    chat("process %d ends with status %d", (int64_t)p->pid, (int64_t)p->status);
    power_off(p->status);
  }
  space_share(p->space, p->task_count);
  t->state = TASK_DEAD;
  list_append(&dead, &t->sibling);
  schedule();
  __builtin_unreachable();
}

void task_nudge(struct task *t) {
  switch (t->state) {
  case TASK_ASLEEP:
    wake(t, WOKEN_BY_SIGNAL);
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

void process_end(struct process *p, unsigned status) {
  if (p->dying) return;
  p->dying = true;
  p->status = status & 0xff;
  for (struct list *l = p->tasks.next, *next = l->next; l != &p->tasks; l = next, next = l->next)
    task_nudge(member_of(l, struct task, sibling));
}
