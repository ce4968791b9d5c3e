/* SBI chapter 4: base extension. */
#include "../csr.h"
#include "sbi.h"

enum { SPEC_2_0 = 2 << 24, IMPLEMENTATION = 0x4848, IMPLEMENTATION_VERSION = 1 };

static int64_t handle(struct sbi_call *call) {
  switch (call->fid) {
    case 0:
      call->value = SPEC_2_0;
      return SBI_SUCCESS;
    case 1:
      call->value = IMPLEMENTATION;
      return SBI_SUCCESS;
    case 2:
      call->value = IMPLEMENTATION_VERSION;
      return SBI_SUCCESS;
    case 3:
      call->value = sbi_find(call->a[0]) != 0;
      return SBI_SUCCESS;
    case 4:
      call->value = csr_read(mvendorid);
      return SBI_SUCCESS;
    case 5:
      call->value = csr_read(marchid);
      return SBI_SUCCESS;
    case 6:
      call->value = csr_read(mimpid);
      return SBI_SUCCESS;
  }
  return SBI_ERR_NOT_SUPPORTED;
}

const struct sbi_extension sbi_base = {.name = "base", .first = 0x10, .last = 0x10, .handle = handle};
