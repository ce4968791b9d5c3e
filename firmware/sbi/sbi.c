#include "sbi.h"

#include "../migration/origin.h"

#include <stddef.h>

const struct sbi_extension *const sbi_extensions[] = {
    /* The most frequent ones first: they are looked for in this order. */
    &sbi_migration, &sbi_ipi, &sbi_time, &sbi_rfence, &sbi_base, &sbi_hsm, &sbi_srst, &sbi_dbcn, &sbi_legacy, NULL,
};

const struct sbi_extension *sbi_find(uint64_t extension) {
  for (const struct sbi_extension *const *at = sbi_extensions; *at; at++)
    if (extension >= (*at)->first && extension <= (*at)->last) return !(*at)->probe || (*at)->probe() ? *at : NULL;
  return NULL;
}

void sbi_call(struct regs *regs) {
  uint64_t *a = &regs->x[REG_A(0)];
  struct sbi_call call = {.extension = a[7], .fid = a[6], .a = a, .regs = regs};
  const struct sbi_extension *extension = sbi_find(call.extension);
  /* Past the ecall before the handler runs: one that starts elsewhere or stops the hart sets another pc. */
  regs->epc += 4;
  int64_t error = extension ? extension->handle(&call) : SBI_ERR_NOT_SUPPORTED;
  a[0] = error;
  /* Legacy calls answer in a0 alone and must keep a1. */
  if (extension != &sbi_legacy) a[1] = call.value;
  origin_look();
}
