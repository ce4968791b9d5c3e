#include "ipi.h"

#include "csr.h"
#include "fence.h"
#include "migration/accelerator.h"
#include "migration/origin.h"

void ipi_ring(struct hart *to) {
  /* What it is about must be in memory before the device write that announces it. */
  fence_all();
  *to->msip = 1;
}

void ipi_send(struct hart *to, uint32_t request) {
  __atomic_fetch_or(&to->requests, request, __ATOMIC_RELEASE);
  ipi_ring(to);
}

void ipi_take(void) {
  struct hart *self = hart_self();
  *self->msip = 0;
  /*
   * Clear first, read after: a request that comes between is read now, and at worst announced once more for
   * nothing.
   */
  fence_all();
  uint32_t requests = __atomic_exchange_n(&self->requests, 0, __ATOMIC_ACQUIRE);
  if (!requests) return;
  if (requests & IPI_SUPERVISOR) csr_set(mip, 1 << INTERRUPT_SS);
  if (requests & IPI_ANNOUNCE) csr_set(mip, self->announce);
  /*
   * A recall before a fence: the fence would find the thread gone, which is right too, but the reverse stops
   * it twice.
   */
  if (requests & IPI_RECALL) accelerator_recalled();
  if (requests & IPI_FENCE) fence_serve();
  if (requests & IPI_RETURN) origin_deliver();
}

void ipi_poll(void) {
  if (__atomic_load_n(&hart_self()->requests, __ATOMIC_RELAXED)) ipi_take();
}
