#include "process.h"
#include "pages.h"
#include "power.h"
#include "print.h"
#include "scheduler.h"
#include "text.h"

enum : uint64_t { SA_NOCLDWAIT = 2, SIG_IGN = 1 };
enum { BUCKETS = 64 };

static struct list by_pid[BUCKETS];
/** The program. Orphans become its children, and the machine ends with it. */
static struct process *init;
/** Processes whose tasks have not all gone. */
static int running;

void processes_init(void) {
  for (int i = 0; i < BUCKETS; i++) list_init(&by_pid[i]);
}

struct process *process_create(struct space *space) {
  struct process *p = pages_take(pages_order(sizeof *p));
  if (!p) return NULL;
  p->space = space;
  list_init(&p->tasks);
  list_init(&p->children);
  list_init(&p->sibling);
  list_init(&p->waiters);
  list_init(&p->release);
  p->pid = p->group = p->session = task_number();
  list_append(&by_pid[p->pid % BUCKETS], &p->numbered);
  if (!init) init = p;
  running++;
  return p;
}

void process_adopt(struct process *parent, struct process *child) {
  child->group = parent->group;
  child->session = parent->session;
  child->masked = parent->masked;
  memcpy(child->path, parent->path, sizeof child->path);
  files_copy(child, parent);
  memcpy(child->actions, parent->actions, sizeof child->actions);
  child->parent = parent;
  list_append(&parent->children, &child->sibling);
}

void process_free(struct process *p) {
  if (!p->ended) running--;
  list_remove(&p->sibling);
  list_remove(&p->numbered);
  pages_give(p, pages_order(sizeof *p));
}

struct process *process_find(int pid) {
  const struct list *b = &by_pid[(unsigned)pid % BUCKETS];
  for (struct list *l = b->next; l != b; l = l->next) {
    struct process *p = member_of(l, struct process, numbered);
    if (p->pid == pid) return p;
  }
  return NULL;
}

struct process *process_next(const struct process *p) {
  int bucket = p ? p->pid % BUCKETS : 0;
  const struct list *l = p ? p->numbered.next : by_pid[0].next;
  while (l == &by_pid[bucket]) {
    if (++bucket == BUCKETS) return NULL;
    l = by_pid[bucket].next;
  }
  return member_of(l, struct process, numbered);
}

bool process_group_exists(int group) {
  for (struct process *p = NULL; (p = process_next(p));)
    if (p->group == group) return true;
  return false;
}

void process_end(struct process *p, unsigned status) {
  if (p->dying || p->ended) return;
  p->dying = true;
  p->status = status;
  for (struct list *l = p->tasks.next, *next = l->next; l != &p->tasks; l = next, next = l->next)
    task_nudge(member_of(l, struct task, sibling));
}

/** Does this one not want to hear of its children? Then they leave nothing behind. */
static bool careless(const struct process *parent) {
  const struct signal_action *action = &parent->actions[SIGCHLD];
  return action->handler == SIG_IGN || action->flags & SA_NOCLDWAIT;
}

/** Tell a parent of a child that has ended, and leave the child for it to wait for; or let it go. */
static void bequeath(struct process *child) {
  struct process *parent = child->parent;
  if (init->ended || careless(parent)) {
    process_free(child);
  } else if (child->exit_signal) {
    signal_process(parent, child->exit_signal, signal_of_child(child->pid, child->status));
  }
  wake_all(&parent->waiters); /* also for a child that left nothing: it may have been the last one */
}

/** Give a process's children to the first one. */
static void orphan_children(struct process *p) {
  while (!list_empty(&p->children)) {
    struct process *child = member_of(p->children.next, struct process, sibling);
    list_remove(&child->sibling);
    list_append(&init->children, &child->sibling);
    child->parent = init;
    child->exit_signal = SIGCHLD;
    if (child->ended) bequeath(child);
  }
}

void process_ended(struct process *p) {
  chat("process %d ends: exit status %d, signal %d", (int64_t)p->pid, (int64_t)status_exit(p->status),
       (int64_t)status_signal(p->status));
  p->ended = true;
  running--;
  files_close(p);
  wake_all(&p->release);
  if (p == init) { /* nobody is left to give orphans to */
    for (struct process *other = NULL; (other = process_next(other));) process_end(other, status_killed(SIGKILL));
  } else {
    orphan_children(p);
  }
  if (init->ended && !running) {
    int signo = status_signal(init->status);
    power_off(signo ? 128 + (unsigned)signo : status_exit(init->status));
  }
  if (p != init) bequeath(p);
}
