/*
 * ISA strings, read by the naming rules of the unprivileged specification; only the extensions that firmware
 * asks about.
 */
#ifndef ISA_H
#define ISA_H

#include <stdint.h>

/* Bit mask of enum isa_extension. */
typedef uint32_t isa_set;

enum isa_extension {
  ISA_F,
  ISA_D,
  ISA_V,
  ISA_SSTC,
  ISA_ZICBOM,
  ISA_ZICBOZ,
  ISA_SVPBMT,
  ISA_SVADE,
  ISA_SVADU,
  ISA_SSCOFPMF,
  ISA_SMSTATEEN,
  ISA_XHARTDOT,
  ISA_XHARTHINT,
};

static inline int isa_has(isa_set set, enum isa_extension extension) { return set >> extension & 1; }

/* `rv64imafdcv_zba_sstc` and the like (property riscv,isa). */
isa_set isa_parse(const char *string);

/* A list of extension names, each ended by NUL (property riscv,isa-extensions). */
isa_set isa_parse_list(const char *list, uint32_t bytes);

#endif
