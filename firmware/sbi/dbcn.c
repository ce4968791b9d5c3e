/* SBI chapter 12: debug console. */
#include "../access.h"
#include "../console.h"
#include "sbi.h"

/* Addresses are physical, their upper half in a2: on RV64 it must be zero. */
static bool memory(const struct sbi_call *call) { return !call->a[2] && access_ram(call->a[1], call->a[0]); }

static int64_t handle(struct sbi_call *call) {
  uint8_t *at = (uint8_t *)call->a[1];
  uint64_t bytes = call->a[0], done = 0;
  switch (call->fid) {
    case 0:
      if (!memory(call)) return SBI_ERR_INVALID_PARAM;
      console_write(at, bytes);
      done = bytes;
      break;
    case 1:
      if (!memory(call)) return SBI_ERR_INVALID_PARAM;
      for (int byte; done < bytes && (byte = console_get()) >= 0;) at[done++] = byte;
      break;
    case 2:
      console_write(&(uint8_t){call->a[0]}, 1);
      break;
    default:
      return SBI_ERR_NOT_SUPPORTED;
  }
  call->value = done;
  return SBI_SUCCESS;
}

const struct sbi_extension sbi_dbcn = {.name = "DBCN", .first = 0x4442434E, .last = 0x4442434E, .handle = handle};
