/* A queue in shared memory for each accelerator hart, first in, first out. */
#include "transport.h"

enum { DEPTH = 8 };

static struct queue {
  struct lock lock;
  uint32_t count;
  struct task *first, *last;
} queues[MAX_HARTS];

static uint32_t depth(void) { return DEPTH; }

static bool send(struct hart *to, struct task *task) {
  struct queue *queue = &queues[to->index];
  lock_take(&queue->lock);
  bool room = queue->count < DEPTH;
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
  if (room) transport_interrupt(to);
  return room;
}

static bool waiting(const struct hart *self) { return __atomic_load_n(&queues[self->index].first, __ATOMIC_RELAXED); }

static struct task *receive(struct hart *self) {
  struct queue *queue = &queues[self->index];
  if (!waiting(self)) return NULL;
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

const struct transport transport_fifo = {.name = "fifo",
                                         .depth = depth,
                                         .send = send,
                                         .waiting = waiting,
                                         .receive = receive,
                                         .cancel = cancel,
                                         .announce = transport_announce};
