#include "origin.h"

#include "../csr.h"
#include "../ipi.h"
#include "../timer.h"
#include "class.h"
#include "transport.h"

enum { MAX_ENTRIES = 4096, LOCAL = 1 << MIG_INTERRUPT_LOCAL };

static uint32_t interrupt = MIG_INTERRUPT_SOFTWARE;

int64_t origin_set_ring(uint64_t pa, uint64_t entries) {
  struct origin *origin = &hart_self()->origin;
  if (!entries) {
    /* Completions would have nowhere to go. */
    if (__atomic_load_n(&origin->away, __ATOMIC_ACQUIRE)) return MIG_ERR_NO_RING;
  } else {
    if (entries > MAX_ENTRIES || entries & (entries - 1)) return MIG_ERR_BAD_POINTER;
    if (pa % 64 || !access_ram(pa, MIG_RING_BYTES(entries))) return MIG_ERR_BAD_POINTER;
  }
  lock_take(&origin->lock);
  origin->ring = entries ? (struct mig_ring *)pa : NULL;
  origin->entries = entries;
  origin->tail = 0;
  if (origin->ring) origin->ring->head = origin->ring->tail = 0;
  lock_drop(&origin->lock);
  return 0;
}

/*
 * Firmware's own tail counts, not the one in the supervisor's memory. A head that makes no sense is a ring
 * without room.
 */
static bool has_room(const struct origin *origin) {
  return origin->ring && origin->tail - __atomic_load_n(&origin->ring->head, __ATOMIC_ACQUIRE) < origin->entries;
}

static void put(struct origin *origin, const struct task *task, uint64_t flags) {
  struct mig_completion *entry = &origin->ring->entry[origin->tail++ & (origin->entries - 1)];
  entry->tid = task->tid;
  entry->reason = task->reason;
  entry->tval = task->value;
  entry->hart = task->accelerator->id;
  entry->cycles = task->cycles;
  entry->instructions = task->instructions;
  entry->state = task->word;
  entry->flags = flags;
}

/* Release: registers and entries are in memory before the tail that says so. */
static void publish(struct origin *origin) { __atomic_store_n(&origin->ring->tail, origin->tail, __ATOMIC_RELEASE); }

/* Into the ring with it. It is free before the supervisor can see that it is back, and may send it away again. */
static void complete(struct origin *origin, struct task *task) {
  if (task->scattered && task->scattered->frame_copied)
    span_write(&task->scattered->frame_span, 0, &task->scattered->frame, sizeof task->scattered->frame);
  put(origin, task, (task->floats ? MIG_ENTRY_FLOATS : 0) | (task->ran ? 0 : MIG_ENTRY_QUEUED));
  task_free(task);
  /* Who has seen that all are back may take the ring away. */
  __atomic_fetch_sub(&origin->away, 1, __ATOMIC_RELAXED);
  publish(origin);
}

/*
 * After the tail: the supervisor clears the interrupt, then reads the ring. It is masked by sstatus.SIE and
 * sie like any other.
 */
static void announce(struct hart *home) {
  if (home == hart_self())
    csr_set(mip, home->announce);
  else
    transport->announce(home);
}

void origin_complete(struct task *task) {
  struct hart *home = task->origin;
  struct origin *origin = &home->origin;
  lock_take(&origin->lock);
  /* Not past those that wait already. */
  bool room = !origin->kept && has_room(origin);
  if (room) {
    complete(origin, task);
  } else {
    task->next = NULL;
    __atomic_store_n(&task->place, MIG_RETURNING, __ATOMIC_RELEASE);
    if (origin->kept)
      origin->kept_last->next = task;
    else
      __atomic_store_n(&origin->kept, task, __ATOMIC_RELEASE);
    origin->kept_last = task;
  }
  lock_drop(&origin->lock);
  if (room)
    announce(home);
  else
    ipi_send(home, IPI_RETURN);
}

bool origin_ask(const struct task *task) {
  struct hart *home = task->origin;
  struct origin *origin = &home->origin;
  lock_take(&origin->lock);
  bool room = !origin->kept && has_room(origin);
  if (room) {
    put(origin, task, MIG_ENTRY_ASKS);
    publish(origin);
  }
  lock_drop(&origin->lock);
  if (room) announce(home);
  return room;
}

void origin_deliver(void) {
  struct hart *self = hart_self();
  struct origin *origin = &self->origin;
  bool delivered = false;
  lock_take(&origin->lock);
  while (origin->kept && has_room(origin)) {
    struct task *task = origin->kept;
    origin->kept = task->next;
    complete(origin, task);
    delivered = true;
  }
  bool left = origin->kept;
  lock_drop(&origin->lock);
  if (left) timer_retry();
  if (delivered) csr_set(mip, self->announce);
}

bool origin_probe_interrupt(void) {
  csr_set(mideleg, LOCAL);
  csr_set(mip, LOCAL);
  bool raised = csr_read(mip) & csr_read(mideleg) & LOCAL;
  csr_clear(sip, LOCAL);
  bool cleared = !(csr_read(mip) & LOCAL);
  csr_clear(mip, LOCAL);
  if (raised && cleared) return true;
  csr_clear(mideleg, LOCAL);
  return false;
}

void origin_choose_interrupt(void) {
  interrupt = MIG_INTERRUPT_LOCAL;
  for (uint32_t i = 0; i < hart_count; i++)
    if (!hart_is_accelerator(hart_of_index[i]) && !hart_of_index[i]->local_interrupt) interrupt = MIG_INTERRUPT_SOFTWARE;
  for (uint32_t i = 0; i < hart_count; i++) hart_of_index[i]->announce = 1 << interrupt;
}

uint32_t origin_interrupt(void) { return interrupt; }
