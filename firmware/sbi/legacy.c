/*
 * SBI chapter 5: the two legacy calls that early consoles use. The others have replacements and are not
 * supported.
 */
#include "../console.h"
#include "sbi.h"

static int64_t handle(struct sbi_call *call) {
  if (call->extension == 2) return console_get();
  console_write(&(uint8_t){call->a[0]}, 1);
  return 0;
}

const struct sbi_extension sbi_legacy = {.name = "legacy console", .first = 1, .last = 2, .handle = handle};
