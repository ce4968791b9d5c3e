/* SBI chapter 9: hart state management. */
#include "../access.h"
#include "../csr.h"
#include "../init.h"
#include "../ipi.h"
#include "../migration/origin.h"
#include "../timer.h"
#include "../trap.h"
#include "sbi.h"

enum { RETENTIVE = 0 };

static struct hart *named(uint64_t id) {
  struct hart *hart = hart_by_id(id);
  return hart && !hart_is_accelerator(hart) ? hart : NULL;
}

static int64_t start(const uint64_t *a) {
  struct hart *hart = named(a[0]);
  uint32_t state = HART_STOPPED;
  if (!hart) return SBI_ERR_INVALID_PARAM;
  if (a[1] % 2 || !access_ram(a[1], 2)) return SBI_ERR_INVALID_ADDRESS;
  /*
   * The claim comes first: of two harts that start a third, one must lose without touching its start address.
   */
  if (!__atomic_compare_exchange_n(&hart->state, &state, HART_START_PENDING, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE))
    return state == HART_STOP_PENDING ? SBI_ERR_FAILED : SBI_ERR_ALREADY_AVAILABLE;
  hart->start_pc = a[1];
  hart->start_argument = a[2];
  __atomic_store_n(&hart->start_given, true, __ATOMIC_RELEASE);
  ipi_send(hart, IPI_START);
  return SBI_SUCCESS;
}

/* Comes back as a new hart. */
static _Noreturn void stop(struct regs *regs) {
  timer_set(UINT64_MAX);
  __atomic_store_n(&hart_self()->state, HART_STOPPED, __ATOMIC_RELEASE);
  init_wait_start(regs);
  trap_return(regs);
}

/* Sleep with everything kept until an interrupt that the supervisor enabled is pending. */
static int64_t suspend(void) {
  struct hart *self = hart_self();
  __atomic_store_n(&self->state, HART_SUSPENDED, __ATOMIC_RELEASE);
  while (!(csr_read(mip) & csr_read(sie))) {
    wait_for_interrupt();
    uint64_t pending = csr_read(mip) & csr_read(mie);
    if (pending & 1 << INTERRUPT_MS) ipi_take();
    if (pending & 1 << INTERRUPT_MT) timer_expired();
    origin_look();
  }
  __atomic_store_n(&self->state, HART_STARTED, __ATOMIC_RELEASE);
  return SBI_SUCCESS;
}

static int64_t handle(struct sbi_call *call) {
  switch (call->fid) {
    case 0:
      return start(call->a);
    case 1:
      stop(call->regs);
    case 2: {
      struct hart *hart = named(call->a[0]);
      if (!hart) return SBI_ERR_INVALID_PARAM;
      call->value = __atomic_load_n(&hart->state, __ATOMIC_ACQUIRE);
      return SBI_SUCCESS;
    }
    case 3: {
      uint32_t type = call->a[0];
      if (type == RETENTIVE) return suspend();
      /* Types between the default one and the platform's own are reserved, in both halves. */
      return (type & 0x7fffffff) && (type & 0x7fffffff) < 0x10000000 ? SBI_ERR_INVALID_PARAM : SBI_ERR_NOT_SUPPORTED;
    }
  }
  return SBI_ERR_NOT_SUPPORTED;
}

const struct sbi_extension sbi_hsm = {.name = "HSM", .first = 0x48534D, .last = 0x48534D, .handle = handle};
