/** Which task runs on which application hart: one run queue, first come first served, by time slices. */
#pragma once
#include "task.h"

enum : uint64_t { NEVER = UINT64_MAX };

void scheduler_init(uint64_t timebase_hz);
uint64_t timebase(void);

/** Append a task to the run queue, and wake a hart for it when one idles. */
void task_ready(struct task *t);
/** Give the hart to whoever is next; the caller has set the current task's state. Returns when it is its turn again. */
void schedule(void);
/** Let others go first. */
void yield(void);
/** Sleep in a queue until woken, until a time in ticks, or until a signal. */
enum woken sleep_on(struct list *queue, uint64_t deadline);
void wake(struct task *t, enum woken reason);
void wake_all(struct list *queue);
/** The timer interrupt. */
void scheduler_tick(void);
/** A hart that has nothing to do: called once per hart with the kernel lock held, on the hart's own stack. */
_Noreturn void idle(void);
