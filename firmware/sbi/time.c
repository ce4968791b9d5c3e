/* SBI chapter 6: timer extension. */
#include "../timer.h"
#include "sbi.h"

static int64_t handle(struct sbi_call *call) {
  if (call->fid != 0) return SBI_ERR_NOT_SUPPORTED;
  timer_set(call->a[0]);
  return SBI_SUCCESS;
}

const struct sbi_extension sbi_time = {.name = "TIME", .first = 0x54494D45, .last = 0x54494D45, .handle = handle};
