/*
 * SBI chapter 10: system reset, by the test finisher (SiFive's test device: low half the command, high half a
 * status).
 */
#include "../csr.h"
#include "../platform.h"
#include "sbi.h"

enum { SHUTDOWN = 0, COLD_REBOOT = 1, WARM_REBOOT = 2 };
enum { NO_REASON = 0, SYSTEM_FAILURE = 1 };
enum { FINISH_PASS = 0x5555, FINISH_FAIL = 0x3333, FINISH_RESET = 0x7777 };

/*
 * Reasons that are ours to define: 0xF0000000 + the status (0 to 255) with which the machine's program ended.
 */
static const uint32_t status_reasons = 0xf0000000;

static int64_t handle(struct sbi_call *call) {
  if (call->fid != 0) return SBI_ERR_NOT_SUPPORTED;
  uint32_t type = call->a[0], reason = call->a[1], status = reason == SYSTEM_FAILURE;
  if (type > WARM_REBOOT) return type < 0xf0000000 ? SBI_ERR_INVALID_PARAM : SBI_ERR_NOT_SUPPORTED;
  if (reason >= status_reasons && reason <= status_reasons + 255)
    status = reason - status_reasons;
  else if (reason > SYSTEM_FAILURE)
    return reason < 0xe0000000 ? SBI_ERR_INVALID_PARAM : SBI_ERR_NOT_SUPPORTED;
  *platform.finisher = type != SHUTDOWN ? FINISH_RESET : status ? status << 16 | FINISH_FAIL : FINISH_PASS;
  /* The device acts at once, or when this hart's turn ends. */
  csr_write(mie, 0);
  for (;;) wait_for_interrupt();
}

static bool probe(void) { return platform.finisher != 0; }

const struct sbi_extension sbi_srst = {
    .name = "SRST", .first = 0x53525354, .last = 0x53525354, .handle = handle, .probe = probe};
