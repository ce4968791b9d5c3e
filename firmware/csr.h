/* CSR access, bits of the privileged specification, fences. */
#ifndef CSR_H
#define CSR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define csr_read(name)                                     \
  ({                                                       \
    uint64_t value_;                                       \
    __asm__ volatile("csrr %0, " #name : "=r"(value_) : : "memory"); \
    value_;                                                \
  })
#define csr_write(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define csr_set(name, value) __asm__ volatile("csrs " #name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define csr_clear(name, value) __asm__ volatile("csrc " #name ", %0" : : "r"((uint64_t)(value)) : "memory")

enum {
  STATUS_SIE = 1 << 1,
  STATUS_MIE = 1 << 3,
  STATUS_SPIE = 1 << 5,
  STATUS_MPIE = 1 << 7,
  STATUS_SPP = 1 << 8,
  STATUS_VS = 3 << 9,
  STATUS_MPP = 3 << 11,
  STATUS_MPP_S = 1 << 11,
  STATUS_FS = 3 << 13,
  STATUS_FS_CLEAN = 2 << 13,
  STATUS_MPRV = 1 << 17,
  STATUS_SUM = 1 << 18,
  STATUS_MXR = 1 << 19,
};

/* SXL and UXL: widths of S and U. */
#define STATUS_XL (0xfull << 32)

enum {
  INTERRUPT_SS = 1,
  INTERRUPT_MS = 3,
  INTERRUPT_ST = 5,
  INTERRUPT_MT = 7,
  INTERRUPT_SE = 9,
  INTERRUPT_LCOF = 13, /* a counter has overflowed */
  INTERRUPT_MAILBOX = 17, /* a word waits in the hart's mailbox */
};

enum {
  CAUSE_FETCH_ACCESS = 1,
  CAUSE_ILLEGAL = 2,
  CAUSE_BREAKPOINT = 3,
  CAUSE_LOAD_ACCESS = 5,
  CAUSE_ECALL_U = 8,
  CAUSE_ECALL_S = 9,
  CAUSE_ECALL_M = 11,
  CAUSE_FETCH_PAGE = 12,
  CAUSE_LOAD_PAGE = 13,
  CAUSE_STORE_PAGE = 15,
};
#define CAUSE_INTERRUPT (1ull << 63)

/* menvcfg: what cache-block operations do, the walk sets accessed and dirty bits, memory types, stimecmp. */
#define ENVIRONMENT_CBIE_CBCFE (7ull << 4)
#define ENVIRONMENT_CBZE (1ull << 7)
#define ENVIRONMENT_ADUE (1ull << 61)
#define ENVIRONMENT_PBMTE (1ull << 62)
#define ENVIRONMENT_STCE (1ull << 63)

/* mstateen0: senvcfg; in each mstateen: the sstateen below it. */
#define STATE_ENABLE_ENVIRONMENT (1ull << 62)
#define STATE_ENABLE_BELOW (1ull << 63)

/* Everything before, memory and devices, before everything after. */
static inline void fence_all(void) { __asm__ volatile("fence iorw, iorw" ::: "memory"); }
/* Zihintpause, by its encoding: a fence that orders nothing to who does not know it. */
static inline void pause_hart(void) { __asm__ volatile(".insn i 0x0f, 0, x0, x0, 0x010" ::: "memory"); }
static inline void wait_for_interrupt(void) { __asm__ volatile("wfi" ::: "memory"); }

#endif
