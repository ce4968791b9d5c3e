/*
 * A word for each pair of harts: full or empty, written by one hart and emptied by one, so that no lock is
 * needed. The way a hardware mailbox with one slot per sender works.
 */
#include "../ipi.h"
#include "transport.h"

static struct task *slots[MAX_HARTS][MAX_HARTS]; /* [to][from] */
static uint32_t last_served[MAX_HARTS];          /* so that no sender starves another */

static bool send(struct hart *to, struct task *task) {
  struct task **slot = &slots[to->index][hart_self()->index];
  struct task *empty = NULL;
  /* Release: who takes the task out sees it whole. */
  while (!__atomic_compare_exchange_n(slot, &empty, task, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
    if (hart_is_accelerator(to)) return false;
    /*
     * On the way home a message must not be refused. The origin empties its slots at every trap; it was told
     * of the one before.
     */
    ipi_poll();
    empty = NULL;
  }
  return true;
}

static struct task *receive(struct hart *self) {
  uint32_t *last = &last_served[self->index];
  for (uint32_t i = 1; i <= hart_count; i++) {
    uint32_t from = (*last + i) % hart_count;
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

const struct transport transport_mailbox = {
    .name = "mailbox", .depth = 1, .send = send, .receive = receive, .cancel = cancel};
