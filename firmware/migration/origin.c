#include "origin.h"

#include "../csr.h"
#include "../ipi.h"
#include "../timer.h"
#include "class.h"
#include "transport.h"

enum { MAX_ENTRIES = 4096, LOCAL = 1 << MIG_INTERRUPT_LOCAL };

int64_t origin_set_ring(uint64_t pa, uint64_t entries) {
  struct origin *origin = &hart_self()->origin;
  if (!entries) {
    /* Completions would have nowhere to go. */
    if (__atomic_load_n(&origin->away, __ATOMIC_RELAXED)) return MIG_ERR_NO_RING;
    origin->ring = NULL;
    return 0;
  }
  if (entries > MAX_ENTRIES || entries & (entries - 1)) return MIG_ERR_BAD_POINTER;
  if (pa % 64 || !access_ram(pa, MIG_RING_BYTES(entries))) return MIG_ERR_BAD_POINTER;
  origin->ring = (struct mig_ring *)pa;
  origin->entries = entries;
  origin->tail = 0;
  origin->ring->head = 0;
  origin->ring->tail = 0;
  return 0;
}

void origin_send(struct task *task) {
  struct hart *home = task->origin;
  transport->send(home, task);
  ipi_send(home, IPI_RETURN);
}

void origin_receive(void) {
  struct hart *self = hart_self();
  struct origin *origin = &self->origin;
  for (struct task *task; (task = transport->receive(self));) {
    task->next = NULL;
    if (origin->kept)
      origin->kept_last->next = task;
    else
      origin->kept = task;
    origin->kept_last = task;
  }
  origin_deliver();
}

/*
 * Firmware's own tail counts, not the one in the supervisor's memory. A head that makes no sense is a ring
 * without room.
 */
static bool has_room(const struct origin *origin) {
  return origin->ring && origin->tail - __atomic_load_n(&origin->ring->head, __ATOMIC_ACQUIRE) < origin->entries;
}

static void deliver(struct origin *origin, const struct task *task) {
  span_write(&task->frame_span, 0, &task->frame, sizeof task->frame);
  origin->ring->entry[origin->tail & (origin->entries - 1)] = (struct mig_completion){
      .tid = task->tid,
      .reason = task->reason,
      .tval = task->value,
      .hart = task->accelerator->id,
      .cycles = task->cycles,
      .instructions = task->instructions,
      .state = task->word,
      /* Whether the f registers changed is not followed: they count as changed. */
      .flags = MIG_ENTRY_FLOATS | (task->ran ? 0 : MIG_ENTRY_QUEUED),
  };
  /* Release: registers and entry are in memory before the tail that says so. */
  __atomic_store_n(&origin->ring->tail, ++origin->tail, __ATOMIC_RELEASE);
}

void origin_deliver(void) {
  struct origin *origin = &hart_self()->origin;
  if (!origin->kept) return;
  bool delivered = false;
  while (origin->kept && has_room(origin)) {
    struct task *task = origin->kept;
    origin->kept = task->next;
    deliver(origin, task);
    task_free(task);
    origin->away--;
    delivered = true;
  }
  if (origin->kept) timer_retry();
  /*
   * After the tail: the supervisor clears the interrupt, then reads the ring. It is masked by sstatus.SIE and
   * sie like any other.
   */
  if (delivered) csr_set(mip, 1 << origin_interrupt());
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

uint32_t origin_interrupt(void) {
  for (uint32_t i = 0; i < hart_count; i++)
    if (!hart_is_accelerator(hart_of_index[i]) && !hart_of_index[i]->local_interrupt) return MIG_INTERRUPT_SOFTWARE;
  return MIG_INTERRUPT_LOCAL;
}
