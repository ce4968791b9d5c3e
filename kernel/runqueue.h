/**
 * The run queues, one of each hart, and the choice among them. A hart's load is the number of tasks that are ready or run there. No hart is idle
 * while a task that it may run waits elsewhere: a ready task goes to an idle hart where there is one, and a hart that has nothing left
 * takes from others.
 */
#pragma once
#include "task.h"

/** Give a hart that starts its queue. */
void queue_open(struct hart *h);
/** Queue a task where it should run: its last hart if that is idle, another idle one, else where the load is least. @return that hart */
struct hart *queue_place(struct task *t);
/** Queue a task behind the others of this hart, where it runs. */
void queue_append(struct hart *h, struct task *t);
/** Take the task that this hart runs next: the first of its own queue, else one from where the load is greatest; NULL when there is none for it. */
struct task *queue_next(struct hart *h);
/** Take a ready task out of the queue that it is in. */
void queue_remove(struct task *t);
/** Say whether the hart runs a task from now on. */
void queue_runs(struct hart *h, bool runs);
/** Is anyone to be given this hart's time when a slice ends? Fetches a task from a hart that has two more than this one. */
bool queue_rivals(struct hart *h);
/** May the task run on this hart now? */
bool queue_allows(const struct task *t, const struct hart *h);
