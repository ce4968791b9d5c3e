/* The supervisor binary interface, version 2.0: which extensions there are and how a call reaches one. */
#ifndef SBI_H
#define SBI_H

#include <stdbool.h>
#include <stdint.h>

#include "../hart.h"

enum sbi_error {
  SBI_SUCCESS = 0,
  SBI_ERR_FAILED = -1,
  SBI_ERR_NOT_SUPPORTED = -2,
  SBI_ERR_INVALID_PARAM = -3,
  SBI_ERR_DENIED = -4,
  SBI_ERR_INVALID_ADDRESS = -5,
  SBI_ERR_ALREADY_AVAILABLE = -6,
  SBI_ERR_ALREADY_STARTED = -7,
  SBI_ERR_ALREADY_STOPPED = -8,
};

/* Arguments and answer of a call. */
struct sbi_call {
  uint64_t extension;
  uint64_t fid;
  const uint64_t *a; /* a0 to a5 */
  uint64_t value;    /* a1 on return */
  struct regs *regs; /* of the caller, for calls that do not simply return */
};

struct sbi_extension {
  const char *name;
  uint64_t first, last; /* extension ids */
  int64_t (*handle)(struct sbi_call *call);
  bool (*probe)(void); /* none: always there */
};

/* Null-terminated. */
extern const struct sbi_extension *const sbi_extensions[];
const struct sbi_extension *sbi_find(uint64_t extension);

/*
 * Serve the environment call of these registers, of which those that C keeps for its caller are not filled in (entry.S). A call that
 * changes others fills in all and leaves by trap_return.
 */
void sbi_call(struct regs *regs);

extern const struct sbi_extension sbi_base, sbi_time, sbi_ipi, sbi_rfence, sbi_hsm, sbi_srst, sbi_dbcn, sbi_legacy,
    sbi_migration;

#endif
