/*
 * A queue in shared memory for each hart, first in, first out. Home there is always room: the queue is a list
 * of the tasks themselves.
 */
#include "transport.h"

enum { DEPTH = 8 };

static struct queue {
  struct lock lock;
  uint32_t count;
  struct task *first, *last;
} queues[MAX_HARTS];

static bool send(struct hart *to, struct task *task) {
  struct queue *queue = &queues[to->index];
  lock_take(&queue->lock);
  bool room = !hart_is_accelerator(to) || queue->count < DEPTH;
  if (room) {
    task->next = NULL;
    if (queue->first)
      queue->last->next = task;
    else
      queue->first = task;
    queue->last = task;
    queue->count++;
  }
  lock_drop(&queue->lock);
  return room;
}

static struct task *receive(struct hart *self) {
  struct queue *queue = &queues[self->index];
  /* Nothing there, seen without the lock: whoever sends now also sends an interrupt. */
  if (!__atomic_load_n(&queue->first, __ATOMIC_RELAXED)) return NULL;
  lock_take(&queue->lock);
  struct task *task = queue->first;
  if (task) {
    queue->first = task->next;
    queue->count--;
  }
  lock_drop(&queue->lock);
  return task;
}

static bool cancel(struct hart *to, struct task *task) {
  struct queue *queue = &queues[to->index];
  bool found = false;
  lock_take(&queue->lock);
  for (struct task *at = queue->first, *before = NULL; at; before = at, at = at->next) {
    if (at != task) continue;
    if (before)
      before->next = at->next;
    else
      queue->first = at->next;
    if (queue->last == at) queue->last = before;
    queue->count--;
    found = true;
    break;
  }
  lock_drop(&queue->lock);
  return found;
}

const struct transport transport_fifo = {
    .name = "fifo", .depth = DEPTH, .send = send, .receive = receive, .cancel = cancel};
