/** Which task runs on which application hart: in time slices, from each hart's run queue (runqueue.h). */
#pragma once
#include "task.h"

enum : uint64_t { NEVER = UINT64_MAX };

void scheduler_init(uint64_t timebase_hz);
/** A hart that starts takes part from now on. */
void scheduler_join(struct hart *h);
uint64_t timebase(void);
/** Ticks of a time slice. */
uint64_t scheduler_slice(void);

/** Queue a task on the hart that suits it best, and wake that when it idles. */
void task_ready(struct task *t);
/** The same for a task that was away and comes back to this hart; if this hart idles, and is where it was, it is next. */
void task_returned(struct task *t);
/** Move a task that may no longer be where it is: a ready one goes to another queue, a running one leaves before it is in user mode again. */
void task_move(struct task *t);
/** Give the hart to whoever is next; the caller has set the current task's state. Returns when it is its turn again. */
void schedule(void);
/** The same for a task whose context says already where it goes on: nothing of the caller need be kept. */
_Noreturn void schedule_away(void);
/** Let others go first. */
void yield(void);
/** Sleep in a queue until woken, until a time in ticks, or until a signal. */
enum woken sleep_on(struct list *queue, uint64_t deadline);
/** Sleep in a queue until woken; signals wait, but for the end of the process, which leaves the queue too. */
void sleep_firmly(struct list *queue);
void wake(struct task *t, enum woken reason);
void wake_all(struct list *queue);
/** The timer interrupt. */
void scheduler_tick(void);
/** A hart that has nothing to do: called once per hart with the kernel lock held, on the hart's own stack. */
_Noreturn void idle(void);
