/** The supervisor's view of a hart: CSR access and the bits of the CSRs used here (privileged specification 1.12, chapter 4). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A CSR's name is part of the instruction, so these three can't be functions. */
#define csr_read(name)                                                                                                 \
  ({                                                                                                                   \
    uint64_t value_;                                                                                                   \
    __asm__ volatile("csrr %0, " #name : "=r"(value_)::"memory");                                                      \
    value_;                                                                                                            \
  })
#define csr_write(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define csr_set(name, bits) __asm__ volatile("csrs " #name ", %0" ::"r"((uint64_t)(bits)) : "memory")
#define csr_clear(name, bits) __asm__ volatile("csrc " #name ", %0" ::"r"((uint64_t)(bits)) : "memory")

enum : uint64_t {
  STATUS_SIE = 1 << 1,
  STATUS_SPIE = 1 << 5,
  STATUS_SPP = 1 << 8,
  STATUS_VS = 3 << 9,
  STATUS_VS_INITIAL = 1 << 9,
  STATUS_VS_CLEAN = 2 << 9,
  STATUS_FS = 3 << 13,
  STATUS_FS_CLEAN = 2 << 13,

  CAUSE_INTERRUPT = 1ull << 63,
  INTERRUPT_SOFTWARE = 1,
  INTERRUPT_TIMER = 5,
  INTERRUPT_EXTERNAL = 9,

  CAUSE_FETCH_ACCESS = 1,
  CAUSE_ILLEGAL = 2,
  CAUSE_BREAKPOINT = 3,
  CAUSE_LOAD_MISALIGNED = 4,
  CAUSE_LOAD_ACCESS = 5,
  CAUSE_STORE_MISALIGNED = 6,
  CAUSE_STORE_ACCESS = 7,
  CAUSE_ECALL_USER = 8,
  CAUSE_FETCH_PAGE = 12,
  CAUSE_LOAD_PAGE = 13,
  CAUSE_STORE_PAGE = 15,

  SATP_SV39 = 8ull << 60,

  ENVIRONMENT_CBCFE = 1 << 6,
  ENVIRONMENT_CBZE = 1 << 7,
};

enum { PAGE_SHIFT = 12, PAGE_SIZE = 1 << PAGE_SHIFT };

/** All of physical memory, devices included, seen by the kernel from here on (a table of 1 GiB leaves, see entry.S). */
static const uint64_t LINEAR = 0xffffffc000000000;

static inline void *at_physical(uint64_t pa) { return (void *)(LINEAR + pa); }
static inline uint64_t physical(const void *p) { return (uint64_t)p - LINEAR; }

static inline uint64_t round_up(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }
static inline uint64_t round_down(uint64_t value, uint64_t unit) { return value / unit * unit; }
static inline uint64_t smaller(uint64_t a, uint64_t b) { return a < b ? a : b; }

/** Ticks of the platform's timer since reset. */
static inline uint64_t now(void) { return csr_read(time); }
