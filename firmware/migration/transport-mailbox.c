/*
 * A word in shared memory for each pair of harts: full or empty, written by one hart and emptied by one, so that no lock is
 * needed.
 */
#include "transport.h"

static struct task *slots[MAX_HARTS][MAX_HARTS]; /* [to][from] */
static uint32_t last_served[MAX_HARTS];          /* so that no sender starves another */

static uint32_t depth(void) { return 1; }

static bool send(struct hart *to, struct task *task) {
  struct task *empty = NULL;
  /* Release: who takes the task out sees it whole. */
  if (!__atomic_compare_exchange_n(&slots[to->index][hart_self()->index], &empty, task, false, __ATOMIC_RELEASE,
                                   __ATOMIC_RELAXED))
    return false;
  transport_interrupt(to);
  return true;
}

static bool waiting(const struct hart *self) {
  for (uint32_t from = 0; from < hart_count; from++)
    if (__atomic_load_n(&slots[self->index][from], __ATOMIC_RELAXED)) return true;
  return false;
}

static struct task *receive(struct hart *self) {
  uint32_t *last = &last_served[self->index];
  for (uint32_t i = 1; i <= hart_count; i++) {
    uint32_t from = (*last + i) % hart_count;
    if (!__atomic_load_n(&slots[self->index][from], __ATOMIC_RELAXED)) continue;
    struct task *task = __atomic_exchange_n(&slots[self->index][from], NULL, __ATOMIC_ACQUIRE);
    if (!task) continue;
    *last = from;
    return task;
  }
  return NULL;
}

static bool cancel(struct hart *to, struct task *task) {
  struct task *expected = task;
  return __atomic_compare_exchange_n(&slots[to->index][task->origin->index], &expected, NULL, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED);
}

const struct transport transport_mailbox = {.name = "mailbox",
                                            .depth = depth,
                                            .send = send,
                                            .waiting = waiting,
                                            .receive = receive,
                                            .cancel = cancel,
                                            .announce = transport_announce};
