/*
 * The hardware mailbox (compatible "harthop,mailbox"): a queue of words before each hart, which interrupts it, and announcements that
 * reach the supervisor without firmware. A word that was sent can't be taken back, so it is the name of a task and not its address: what
 * was taken back meanwhile is dropped by who receives it.
 */
#include "../csr.h"
#include "../ipi.h"
#include "../platform.h"
#include "origin.h"
#include "transport.h"

/* Senders to a hart: between the look at its status and the word nobody else may send. */
static struct lock locks[MAX_HARTS];

static uint32_t depth(void) {
  for (uint32_t i = 0; i < hart_count; i++)
    if (!hart_of_index[i]->mailbox) return 0;
  return platform.mailbox_slots;
}

static bool has_room(const struct hart *to) { return to->mailbox->status >> 16 & 0xffff; }

/*
 * Each word once through the queue, in order, but for those that count no more. Its lock is held. The hart itself may receive meanwhile,
 * and then the last is none.
 */
static void drop_taken_back(struct hart *hart) {
  for (uint32_t count = hart->mailbox->status & 0xffff; count; count--) {
    uint64_t name = hart->mailbox->receive;
    if (task_waits(name)) hart->mailbox->send = name;
  }
}

static bool send(struct hart *to, struct task *task) {
  uint64_t name = task_name(task);
  lock_take(&locks[to->index]);
  /* A supervisor that is refused waits for a completion. Of what was taken back none is to come. */
  if (!has_room(to)) drop_taken_back(to);
  bool room = has_room(to);
  if (room) {
    /* From here on it can be taken back, and the task be another's, even before the word is sent: then that is stale already. */
    __atomic_store_n(&task->sent, true, __ATOMIC_RELEASE);
    /* The task before the word that names it. */
    fence_all();
    to->mailbox->send = name;
  }
  lock_drop(&locks[to->index]);
  return room;
}

static bool waiting(const struct hart *self) { return self->mailbox->status & 0xffff; }

static struct task *receive(struct hart *self) {
  for (uint64_t name; (name = self->mailbox->receive);) {
    fence_all();
    struct task *task = task_claim(name);
    if (task) return task;
  }
  return NULL;
}

static bool cancel(struct hart *to, struct task *task) {
  bool found = __atomic_load_n(&task->sent, __ATOMIC_ACQUIRE) && task->place == MIG_QUEUED;
  /* Its word takes up a place until the receiver tidies up, or a sender needs it. */
  if (found) ipi_send(to, IPI_RECALL);
  return found;
}

static void tidy(struct hart *self) {
  lock_take(&locks[self->index]);
  drop_taken_back(self);
  lock_drop(&locks[self->index]);
}

static void listen(bool on) {
  if (on)
    csr_set(mie, 1 << INTERRUPT_MAILBOX);
  else
    csr_clear(mie, 1 << INTERRUPT_MAILBOX);
}

static void announce(struct hart *home) {
  if (origin_interrupt() != MIG_INTERRUPT_LOCAL) {
    transport_announce(home);
    return;
  }
  fence_all();
  home->mailbox->announce = 1;
}

const struct transport transport_device = {.name = "device",
                                           .depth = depth,
                                           .send = send,
                                           .waiting = waiting,
                                           .receive = receive,
                                           .cancel = cancel,
                                           .tidy = tidy,
                                           .listen = listen,
                                           .announce = announce};
