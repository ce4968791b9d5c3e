#include "scheduler.h"
#include "clear-ahead.h"
#include "console.h"
#include "lock.h"
#include "migrate.h"
#include "runqueue.h"
#include "sbi.h"
#include "space.h"
#include "state.h"
#include "trap.h"

enum { SLICES_PER_SECOND = 100 };

static uint64_t hz, slice;

void switch_context(struct context *from, const struct context *to);
_Noreturn void enter_context(const struct context *to);

void scheduler_init(uint64_t timebase_hz) {
  hz = timebase_hz;
  slice = hz / SLICES_PER_SECOND;
}

void scheduler_join(struct hart *h) {
  list_init(&h->sleepers);
  h->timer = NEVER;
  queue_open(h);
}

uint64_t scheduler_slice(void) { return slice; }
uint64_t timebase(void) { return hz; }

/** Have the timer interrupt come in time for the running task's slice, the first sleeper, and input that must be looked for. */
static void arm_timer(struct hart *h) {
  uint64_t at = NEVER;
  if (current_task[h->id]) at = current_task[h->id]->slice_end;
  if (!list_empty(&h->sleepers)) at = smaller(at, member_of(h->sleepers.next, struct task, timed)->deadline);
  if (console_polled()) at = smaller(at, now() + slice);
  at = smaller(at, migration_slice_end());
  if (at >= h->timer) return; /* it comes earlier anyway, and arms anew: saves a call on each switch */
  h->timer = at;
  sbi_set_timer(at);
}

void task_ready(struct task *t) {
  t->state = TASK_READY;
  struct hart *h = queue_place(t);
  if (h->load == 1 && h != this_hart()) hart_poke(h->id); /* it was idle; others come by */
}

void task_returned(struct task *t) {
  struct hart *h = this_hart();
  if (current() || h->next || !list_empty(&h->ready) || t->hart != h->id || !queue_allows(t, h)) {
    task_ready(t);
    return;
  }
  t->state = TASK_RUNNING; /* in a moment: the idle loop is about to look */
  h->next = t;
}

void task_move(struct task *t) {
  if (t->state == TASK_READY && !queue_allows(t, &harts[t->hart])) {
    queue_remove(t);
    task_ready(t);
  }
  if (t->state == TASK_RUNNING && !mask_has(&t->affinity, t->hart) && t != current()) hart_poke(t->hart);
}

/** Make a task (or none) the one that this hart runs. */
static void install(struct hart *h, struct task *t) {
  current_task[h->id] = t;
  queue_runs(h, t);
  h->frame = t ? t->frame : NULL;
  h->reschedule = false;
  if (!t) return; /* an idle hart keeps its address space: the same task is likely to come back */
  t->state = TASK_RUNNING;
  t->hart = h->id;
  t->slice_end = now() + slice;
  space_enter(t->process->space);
  state_load(t);
  arm_timer(h);
}

void schedule(void) {
  struct hart *h = this_hart();
  struct task *from = current();
  state_save(from);
  struct task *to = queue_next(h);
  install(h, to);
  if (to != from) switch_context(&from->context, to ? &to->context : &h->idle_context);
}

void schedule_away(void) {
  struct hart *h = this_hart();
  struct task *to = queue_next(h);
  install(h, to);
  enter_context(to ? &to->context : &h->idle_context);
}

void yield(void) {
  struct task *t = current();
  struct hart *h = this_hart();
  if (queue_allows(t, h)) { /* no other hart need wake for it: this one comes to it */
    t->state = TASK_READY;
    queue_append(h, t);
  } else {
    task_ready(t);
  }
  schedule();
}

enum woken sleep_on(struct list *queue, uint64_t deadline) {
  struct task *t = current();
  if (signal_pending(t)) return WOKEN_BY_SIGNAL;
  if (deadline <= now()) return WOKEN_BY_TIME;
  if (t->state == TASK_AWAY) { /* it asks from where it is, and can't sleep there */
    t->asked.would_sleep = true;
    return WOKEN_BY_SIGNAL;
  }
  t->state = TASK_ASLEEP;
  list_append(queue, &t->queue);
  t->deadline = deadline;
  if (deadline != NEVER) {
    struct list *sleepers = &this_hart()->sleepers, *before = sleepers->next;
    while (before != sleepers && member_of(before, struct task, timed)->deadline <= deadline) before = before->next;
    list_insert_before(before, &t->timed);
  }
  schedule();
  return t->woken;
}

void sleep_firmly(struct list *queue) {
  struct task *t = current();
  t->firm = true;
  t->state = TASK_ASLEEP;
  list_append(queue, &t->queue);
  schedule();
  t->firm = false;
}

void wake(struct task *t, enum woken reason) {
  list_remove(&t->queue);
  list_remove(&t->timed);
  t->woken = reason;
  task_ready(t);
}

void wake_all(struct list *queue) {
  while (!list_empty(queue)) wake(member_of(queue->next, struct task, queue), WOKEN);
}

void scheduler_tick(void) {
  struct hart *h = this_hart();
  struct task *t = current();
  if (console_polled()) console_receive();
  while (!list_empty(&h->sleepers)) {
    struct task *first = member_of(h->sleepers.next, struct task, timed);
    if (first->deadline > now()) break;
    wake(first, WOKEN_BY_TIME);
  }
  migration_tick();
  if (t && now() >= t->slice_end) {
    h->reschedule = queue_rivals(h);
    t->slice_end = now() + slice;
  }
  h->timer = NEVER;
  sbi_set_timer(NEVER); /* takes the interrupt back; arm_timer sets the next one */
  arm_timer(h);
}

void idle(void) {
  struct hart *h = this_hart();
  for (;;) {
    struct task *t = h->next ? h->next : queue_next(h);
    h->next = NULL;
    if (t) {
      install(h, t);
      enter_context(&t->context);
    }
    arm_timer(h);
    bool clears = ahead_begin();
    kernel_unlock();
    if (clears)
      ahead_work();
    else /* With interrupts off, wfi still ends when one is pending: none can slip in between the look at the queue and the sleep. */
      __asm__ volatile("wfi");
    kernel_lock();
    if (clears) ahead_end();
    interrupts_take();
    space_leave_destroyed();
  }
}
