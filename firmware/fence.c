#include "fence.h"

#include "csr.h"
#include "ipi.h"
#include "migration/accelerator.h"
#include "migration/class.h"
#include "sbi/sbi.h"

enum { PAGE = 4096, MANY_PAGES = 64 };

static void fence_here(const struct fence_request *request) {
  bool all = request->size > MANY_PAGES * PAGE || (request->start == 0 && request->size == 0);
  switch (request->kind) {
    case FENCE_I:
      __asm__ volatile("fence.i" ::: "memory");
      break;
    case FENCE_VMA:
      if (all) {
        __asm__ volatile("sfence.vma" ::: "memory");
        break;
      }
      for (uint64_t at = 0; at < request->size; at += PAGE)
        __asm__ volatile("sfence.vma %0, zero" : : "r"(request->start + at) : "memory");
      break;
    case FENCE_VMA_ASID:
      if (all) {
        __asm__ volatile("sfence.vma zero, %0" : : "r"(request->asid) : "memory");
        break;
      }
      for (uint64_t at = 0; at < request->size; at += PAGE)
        __asm__ volatile("sfence.vma %0, %1" : : "r"(request->start + at), "r"(request->asid) : "memory");
      break;
  }
}

static void ask(struct hart *to, void *argument) {
  struct hart *self = argument;
  if (to == self || !to->initialised) return;
  /* A stopped hart starts with nothing cached (see init.c). */
  if (hart_is_accelerator(to) ? !accelerator_concerned(to, &self->fence)
                              : __atomic_load_n(&to->state, __ATOMIC_ACQUIRE) == HART_STOPPED)
    return;
  __atomic_fetch_add(&self->fence.waiting, 1, __ATOMIC_RELAXED);
  /* Release: the target reads self->fence, and the page tables that the supervisor wrote before. */
  __atomic_fetch_or(&to->fence_from[self->index / 64], 1ull << self->index % 64, __ATOMIC_RELEASE);
  ipi_send(to, IPI_FENCE);
}

static void mark_self(struct hart *hart, void *argument) {
  if (hart == hart_self()) *(bool *)argument = true;
}

int64_t fence_remote(uint64_t mask, uint64_t base, enum fence_kind kind, uint64_t start, uint64_t size, uint64_t asid) {
  struct hart *self = hart_self();
  bool here = false;
  if (!hart_mask_each(mask, base, mark_self, &here)) return SBI_ERR_INVALID_PARAM;
  self->fence = (struct fence_request){.kind = kind, .start = start, .size = size, .asid = asid};
  hart_mask_each(mask, base, ask, self);
  for (uint32_t i = 0; i < accelerators.count; i++) ask(accelerators.hart[i], self);
  if (here) fence_here(&self->fence);
  /* Two harts may ask each other: serve while waiting, or both wait for ever. */
  while (__atomic_load_n(&self->fence.waiting, __ATOMIC_ACQUIRE)) ipi_poll();
  return SBI_SUCCESS;
}

void fence_serve(void) {
  struct hart *self = hart_self();
  for (uint32_t word = 0; word < sizeof self->fence_from / sizeof *self->fence_from; word++) {
    uint64_t from = __atomic_exchange_n(&self->fence_from[word], 0, __ATOMIC_ACQUIRE);
    for (uint32_t bit = 0; from; bit++, from >>= 1) {
      if (!(from & 1)) continue;
      struct fence_request *request = &hart_of_index[word * 64 + bit]->fence;
      /*
       * First the thread stops and is on its way home, then the translations go, then the asker hears of it.
       */
      if (hart_is_accelerator(self)) accelerator_fenced(request);
      fence_here(request);
      __atomic_fetch_sub(&request->waiting, 1, __ATOMIC_RELEASE);
    }
  }
}
