/* SBI chapter 8: remote fences. The four of the hypervisor extension are not supported: no hart has it. */
#include "../fence.h"
#include "sbi.h"

static int64_t handle(struct sbi_call *call) {
  const uint64_t *a = call->a;
  if (call->fid >= 1 && call->fid <= 2 && a[2] + a[3] < a[2] && a[3] != UINT64_MAX) return SBI_ERR_INVALID_ADDRESS;
  switch (call->fid) {
    case 0:
      return fence_remote(a[0], a[1], FENCE_I, 0, 0, 0);
    case 1:
      return fence_remote(a[0], a[1], FENCE_VMA, a[2], a[3], 0);
    case 2:
      return fence_remote(a[0], a[1], FENCE_VMA_ASID, a[2], a[3], a[4]);
  }
  return SBI_ERR_NOT_SUPPORTED;
}

const struct sbi_extension sbi_rfence = {.name = "RFENCE", .first = 0x52464E43, .last = 0x52464E43, .handle = handle};
