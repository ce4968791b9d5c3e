/* SBI chapter 7: inter-processor interrupts. */
#include "../ipi.h"

#include "sbi.h"

static void send(struct hart *hart, void *argument) { ipi_send(hart, IPI_SUPERVISOR); }

static int64_t handle(struct sbi_call *call) {
  if (call->fid != 0) return SBI_ERR_NOT_SUPPORTED;
  return hart_mask_each(call->a[0], call->a[1], send, 0) ? SBI_SUCCESS : SBI_ERR_INVALID_PARAM;
}

const struct sbi_extension sbi_ipi = {.name = "sPI", .first = 0x735049, .last = 0x735049, .handle = handle};
